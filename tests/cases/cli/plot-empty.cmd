plot tests/cases/cli/files/nothing
