run --seed 1 --worlds 1 --runs 4 --out /dev/null/results scenarios/first.cfg
