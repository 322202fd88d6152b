run scenarios/first.cfg --seed 1 --worlds 32 --quiet --format csv --out "$scratch/p" >"$scratch/nothing"; PATH=/nowhere "$FOOTHOLD" plot "$scratch/p"
