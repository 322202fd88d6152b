check --set horizon= --set =3 tests/cases/cli/files/child.cfg
