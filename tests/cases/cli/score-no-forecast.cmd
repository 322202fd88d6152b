score tests/cases/cli/files/no-forecast.csv --resolved tests/cases/cli/files/resolved-first.cfg
