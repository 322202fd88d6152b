compare scenarios/syria/s1-column.cfg scenarios/syria/s0-inss.cfg --baseline s0-ins --precision 0.01 --design sobol
