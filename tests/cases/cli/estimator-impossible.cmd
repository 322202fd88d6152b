run --estimator conditional --set 'model="logit"' scenarios/first.cfg
