run scenarios/first.cfg --seed
