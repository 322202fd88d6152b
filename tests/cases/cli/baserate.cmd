baserate scenarios/reference/presence.csv --where 'threshold == 300 && !(host == "Cuba" || host_iso3 == PAN)' --by since --seed 1 --bootstrap 200 --out $scratch/baserate --quiet
