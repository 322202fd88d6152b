explain scenarios/first.cfg --seed 1 --world 3 --run 2 --quiet --out "$scratch/x" && ls "$scratch/x"
