score - --resolved scenarios/syria/resolved.cfg --worlds 256 --seed 1 --quiet --format csv --out "$scratch/so" <<'END' | cut -d, -f1-4 | head -4
extends = "scenarios/syria/s0-inss.cfg"; id = "mine"; analyst = { id = "me"; };
END
