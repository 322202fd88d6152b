run --draws here.csv --estimator conditional scenarios/first.cfg
