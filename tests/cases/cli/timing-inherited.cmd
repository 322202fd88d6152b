check --effective tests/cases/cli/timing-inherited.cfg
