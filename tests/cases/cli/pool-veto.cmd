pool tests/cases/cli/files/pool-sure.cfg tests/cases/cli/files/pool-wary.cfg --worlds 1024 --seed 1 --quiet --out "$scratch/out.d"
