check --set 3x=1 --set .a=1 --set a..b=1 --set a.=1 tests/cases/cli/files/child.cfg
