check - <tests/cases/cli/files/child.cfg
