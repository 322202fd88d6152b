score scenarios/first.cfg --resolved tests/cases/cli/files/resolved-unknown.cfg
