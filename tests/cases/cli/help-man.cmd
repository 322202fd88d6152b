help --man models | grep -v '^.Dd'
