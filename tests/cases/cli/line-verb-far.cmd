simulate x.cfg
