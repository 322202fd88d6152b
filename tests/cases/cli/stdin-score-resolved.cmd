score scenarios/syria/s0-inss.cfg --resolved - --worlds 256 --seed 1 --quiet --format csv --out "$scratch/so" <scenarios/syria/resolved.cfg | cut -d, -f1-4 | head -4
