run --seed 1 --worlds 1 --runs 4 --out "$scratch/results" tests/cases/cli/run-away.cfg
