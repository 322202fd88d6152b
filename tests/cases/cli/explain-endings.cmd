explain scenarios/first.cfg --seed 1 --worlds 64 --runs 8 --quiet --out "$scratch/x"
