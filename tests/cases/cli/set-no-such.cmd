check --set levers.debt.chance=0.5 --set transitions.exti.per_month=0.1 tests/cases/cli/files/child.cfg
