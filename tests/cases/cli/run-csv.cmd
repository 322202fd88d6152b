run --seed 1 --worlds 32 --runs 4 --quiet --format csv --out "$scratch/results" scenarios/first.cfg | cut -d, -f1-7,10
