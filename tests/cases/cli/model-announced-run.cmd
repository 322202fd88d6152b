run tests/cases/cli/model-announced.cfg
