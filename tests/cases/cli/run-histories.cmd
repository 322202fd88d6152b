run scenarios/first.cfg --seed 1 --worlds 64 --runs 4 --histories --quiet --out "$scratch/rh" >/dev/null; head -n 4 "$scratch/rh/runs.csv"; head -n 6 "$scratch/rh/events.csv"
