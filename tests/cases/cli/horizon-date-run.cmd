run tests/cases/cli/horizon-date.cfg --seed 1 --worlds 64 --runs 4 --format csv --quiet --out "$scratch/o" | cut -d, -f3-6 | grep -E "^late.*mean"
