score scenarios/syria/s0-inss.cfg --resolved=- --watch <scenarios/syria/resolved.cfg
