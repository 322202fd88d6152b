check tests/cases/cli/files/frames/
