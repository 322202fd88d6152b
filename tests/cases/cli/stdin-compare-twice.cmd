compare - - --worlds 32 --seed 1 --out "$scratch/st" <scenarios/first.cfg
