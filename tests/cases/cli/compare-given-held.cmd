compare tests/cases/cli/files/given-early.cfg tests/cases/cli/files/given-late.cfg --by none --given held --worlds 1024 --format json --seed 1 --quiet --out "$scratch/out.d"
