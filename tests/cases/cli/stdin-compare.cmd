compare scenarios/first.cfg - --worlds 256 --seed 1 --quiet --out "$scratch/sc" --format csv <scenarios/first.cfg | cut -d, -f1-3
