check --quantities --format csv tests/cases/cli/quantities.cfg | cut -d, -f1-3,7-
