check tests/cases/cli/files/twins
