check scenarios/batch.cfg tests/cases/cli/files/batch-wrong.cfg
