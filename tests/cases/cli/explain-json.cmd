explain scenarios/first.cfg --seed 1 --worlds 64 --runs 8 --question both_held --format json --quiet --out "$scratch/x" | tr -d "\n" | tr -s " " | cut -c1-900
