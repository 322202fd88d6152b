explain - --worlds 64 --runs 4 --seed 1 --quiet --out "$scratch/se" <scenarios/first.cfg | head -3
