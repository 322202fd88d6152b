explain tests/cases/cli/files/truce.cfg --seed 1 --world 1 --run 1 --quiet --out "$scratch/x" | sed -n 5,13p
