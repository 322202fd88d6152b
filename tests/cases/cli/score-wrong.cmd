score scenarios/first.cfg --resolved tests/cases/cli/files/resolved-wrong.cfg
