check --set transitions.exit.per_moth=0.1 --set horizn=3 tests/cases/cli/files/child.cfg
