compare scenarios/syria/s1-column.cfg scenarios/syria/s0-inss.cfg scenarios/syria/2024-12.cfg --baseline 2024-12 --by group --worlds 32 --seed 1 --quiet --out "$scratch/out.d"
