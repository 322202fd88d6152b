new x.txt; "$FOOTHOLD" new "$scratch/no/such/x.cfg" 2>&1 | sed "s|$scratch|SCRATCH|"
