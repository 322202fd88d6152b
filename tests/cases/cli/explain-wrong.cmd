explain scenarios/first.cfg --question both_hold --world 4294967296 --run 17179869184 --precision 0.01 --estimator conditional --runs 1e8
