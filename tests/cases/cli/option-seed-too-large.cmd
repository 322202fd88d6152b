run --seed 18446744073709551616 scenarios/first.cfg
