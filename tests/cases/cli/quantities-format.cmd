check --format json tests/cases/cli/quantity-tails.cfg
