run scenarios/first.cfg --histories --estimator conditional --runs 1e9
