sweep scenarios/syria --vary transitions.exit.per_month=0.01,0.02
