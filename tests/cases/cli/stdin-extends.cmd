run - --worlds 32 --runs 2 --seed 1 --quiet --format csv --out "$scratch/sx" <<'END' | cut -d, -f2,3 | uniq -c | head -4
extends = "scenarios/first.cfg"; id = "mine";
END
