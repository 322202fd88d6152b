sweep - --vary levers.debt_relief.chance=0,1 --worlds 256 --seed 1 --quiet --format csv --out "$scratch/sw" <scenarios/first.cfg | cut -d, -f1-3
