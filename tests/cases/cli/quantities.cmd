check --quantities tests/cases/cli/quantities.cfg tests/cases/cli/quantity-tails.cfg
