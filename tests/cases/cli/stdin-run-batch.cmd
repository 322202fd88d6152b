run - --worlds 32 --runs 2 --quiet --format csv --out "$scratch/sb" <<'END' >"$scratch/nothing"; cut -d, -f1-4,6 "$scratch/sb/batch.csv"
batch = { a = { scenario = "scenarios/first.cfg"; seeds = [1, 2]; }; b = { scenario = "-"; seeds = 1; }; };
END
