pool scenarios/syria/s0-inss.cfg scenarios/syria/s1-column.cfg --extremise 2
