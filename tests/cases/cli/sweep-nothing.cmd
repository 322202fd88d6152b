sweep scenarios/first.cfg
