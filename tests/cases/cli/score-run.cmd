run tests/cases/cli/files/resolved-first.cfg
