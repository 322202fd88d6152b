run tests/cases/cli/files/nothing
