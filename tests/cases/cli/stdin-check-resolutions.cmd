check - <scenarios/syria/resolved.cfg
