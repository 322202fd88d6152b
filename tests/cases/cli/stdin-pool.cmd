pool - scenarios/first.cfg --worlds 256 --seed 1 --quiet --format csv --out "$scratch/sp" <scenarios/first.cfg | cut -d, -f1,2
