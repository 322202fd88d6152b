check -- --odd.cfg
