check --quantities --format json tests/cases/cli/quantity-tails.cfg | grep -v '"p[059]*"'
