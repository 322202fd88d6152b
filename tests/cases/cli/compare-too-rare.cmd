compare tests/cases/cli/files/given-early-rare.cfg tests/cases/cli/files/given-rare.cfg --by none --worlds 1024 --seed 1 --quiet --out "$scratch/out.d"
