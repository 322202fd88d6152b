score scenarios/first.cfg --resolved tests/cases/cli/files/resolved-first.cfg --worlds 64 --seed 1 --quiet --out "$scratch/out.d"
