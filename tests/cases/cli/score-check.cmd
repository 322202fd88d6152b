check tests/cases/cli/files/resolved-first.cfg tests/cases/cli/files/resolved-wrong.cfg
