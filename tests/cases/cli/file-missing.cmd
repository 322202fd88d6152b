check tests/cases/cli/files/nothing.cfg
