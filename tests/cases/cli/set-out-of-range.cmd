check --set transitions.exit.per_month=-1 tests/cases/cli/files/child.cfg
