run --seed 1 --worlds 4 --runs 64 --out "$scratch/results" tests/cases/cli/run-away-levers.cfg
