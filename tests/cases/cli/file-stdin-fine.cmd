check - <scenarios/first.cfg
