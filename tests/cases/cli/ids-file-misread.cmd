check tests/cases/cli/files/misread
