run - scenarios/first.cfg --worlds 32 --runs 2 --seed 1 --quiet --format csv --out "$scratch/ss" <scenarios/syria/resolved.cfg | cut -d, -f2,3 | uniq | head -3
