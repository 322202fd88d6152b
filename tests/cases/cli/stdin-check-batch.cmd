check - <scenarios/batch.cfg
