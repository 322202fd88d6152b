chekc x.cfg
