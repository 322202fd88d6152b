compare tests/cases/cli/files/given-early.cfg tests/cases/cli/files/given-late.cfg --by none --worlds 1024 --seed 1 --quiet --out "$scratch/out.d"
