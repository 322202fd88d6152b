check --quiet=yes scenarios/first.cfg
