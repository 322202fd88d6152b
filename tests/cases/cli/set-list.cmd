check --effective --set 'transitions.exit.per_month=("uniform", 0.01, 0.02)' tests/cases/cli/files/child.cfg
