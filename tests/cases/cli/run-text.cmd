run --seed 1 --worlds 64 --runs 16 --threads 2 --quiet --out "$scratch/results" scenarios/first.cfg | grep -v "draws a second"
