run tests/cases/cli/model-mixture.cfg
