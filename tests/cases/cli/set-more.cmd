check --set 'horizon=12; format=2' tests/cases/cli/files/child.cfg
