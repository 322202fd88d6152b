check --set transitions.exit.per_month=-1 --set horizon=0 tests/cases/cli/files/child.cfg
