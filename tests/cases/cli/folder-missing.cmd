run tests/cases/cli/files/no-such-folder
