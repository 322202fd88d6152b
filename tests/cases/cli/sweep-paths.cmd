sweep scenarios/first.cfg --vary levers.debt_relief.effects=0:1:3 --vary events.unrest.recurs=0,1 --vary horizon=12,24 --vary events.unrest.per_month=0,1 --vary events.unrest.per_month=2,3
