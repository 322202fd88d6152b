pool scenarios/syria/s0-inss.cfg scenarios/syria/s3-19fortyfive.cfg --extremise 2 --even-shared --worlds 32 --seed 1 --quiet --out "$scratch/out.d"
