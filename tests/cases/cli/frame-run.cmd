run tests/cases/cli/files/frame.cfg
