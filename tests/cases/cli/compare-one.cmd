compare scenarios/first.cfg
