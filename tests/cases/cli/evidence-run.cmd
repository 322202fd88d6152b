run tests/cases/cli/evidence-run.cfg
