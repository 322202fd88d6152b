compare scenarios/first.cfg scenarios/syria/s1-column.cfg
