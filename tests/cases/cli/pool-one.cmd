pool scenarios/first.cfg
