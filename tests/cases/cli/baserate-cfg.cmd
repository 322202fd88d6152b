baserate scenarios/reference/exits.csv --unit months --columns exposure=months_recalled --where 'use == 1' --grid 12 --by guest --seed 1 --bootstrap 2 --out $scratch/baserate --quiet --format cfg
