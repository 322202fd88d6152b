run tests/cases/cli/files/frames
