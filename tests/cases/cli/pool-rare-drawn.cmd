pool tests/cases/cli/files/pool-rare.cfg tests/cases/cli/files/pool-wary.cfg --estimator draw --worlds 32 --runs 32 --format json --seed 1 --quiet --out "$scratch/out.d"
