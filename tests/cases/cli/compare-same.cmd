compare scenarios/first.cfg tests/cases/cli/compare-same.cfg --worlds 32 --seed 1 --quiet --out "$scratch/out.d"
