check tests/cases/cli/files/deep
