check --set 'horizon=(1, 2' --set 'transitions.exit.per_month=50%' tests/cases/cli/files/child.cfg
