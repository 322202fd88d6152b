check --quiet scenarios
