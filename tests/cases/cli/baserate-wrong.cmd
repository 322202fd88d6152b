baserate tests/cases/cli/files/spells-wrong.csv
