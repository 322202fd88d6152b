run --world 3 --verbose -q scenarios/first.cfg
