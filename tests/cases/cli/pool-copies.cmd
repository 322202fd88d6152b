pool tests/cases/cli/files/pool-echo.cfg tests/cases/cli/files/pool-wary.cfg --extremise 2 --worlds 1024 --seed 1 --quiet --out "$scratch/out.d"
