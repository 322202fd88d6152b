score - --resolved - --worlds 256 --seed 1 --out "$scratch/so" <scenarios/first.cfg
