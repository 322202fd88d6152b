check tests/cases/cli/many.cfg 2>&1 | tail -n 6
