sweep scenarios/first.cfg --vary transitions.exit.per_month=0:0.1:5 --vary events.unrest.effects.exit=1,2 --worlds 64 --runs 4 --seed 1 --format csv --quiet --out "$scratch/out.d" | cut -d, -f1-5,8
