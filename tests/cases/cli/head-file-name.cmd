check 'tests/cases/cli/files/9 lives.cfg'
