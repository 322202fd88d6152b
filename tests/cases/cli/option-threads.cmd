run --threads 5000 scenarios/first.cfg
