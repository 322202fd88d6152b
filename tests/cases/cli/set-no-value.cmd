check --set horizon tests/cases/cli/files/child.cfg
