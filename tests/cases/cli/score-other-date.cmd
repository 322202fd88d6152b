score scenarios/first.cfg --resolved tests/cases/cli/files/resolved-other-date.cfg --worlds 64 --runs 4 --seed 1 --quiet --format json --out "$scratch/out.d"
