run scenarios/batch.cfg scenarios/first.cfg
