score scenarios/first.cfg
