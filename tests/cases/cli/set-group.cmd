check --quiet --set 'levers.debt={ chance = 0.5; effects = { sign = 2.0; }; }' tests/cases/cli/files/child.cfg
