run --worlds 0 --runs 1.5 --seed -1 --precision 0 --design halton --format xml --threads many --out "" scenarios/first.cfg
