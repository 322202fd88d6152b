check --set horizon=12 --set transitions.sign.per_month=0.02 tests/cases/cli/files/child.cfg
