run tests/cases/cli/files/batch-wrong.cfg
