paths scenarios/first.cfg
