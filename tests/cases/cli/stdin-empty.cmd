run - --seed 1 --out "$scratch/sn" </dev/null
