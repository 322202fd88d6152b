sweep scenarios/first.cfg --vary levers.debt_relif.chance=0:1:11 --vary transitions.exit.per_month=-1,2 --vary levers.debt_relief.chance=0:2:3
