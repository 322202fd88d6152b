pool tests/cases/cli/files/pool-rare.cfg tests/cases/cli/files/pool-wary.cfg --worlds 1024 --format json --seed 1 --quiet --out "$scratch/out.d"
