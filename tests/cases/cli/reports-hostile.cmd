run tests/cases/cli/files/hostile.cfg --seed 1 --worlds 32 --quiet --format csv --out "$scratch/ho" >"$scratch/nothing"
sed 's/id = "hostile"/id = "second"/' tests/cases/cli/files/hostile.cfg >"$scratch/second.cfg"
echo 'format = 1; resolutions = { kept = { text = "<script>alert(9)</script>"; outcome = true; date = "2025-07-01"; }; };' \
    >"$scratch/came.cfg"
files="tests/cases/cli/files/hostile.cfg $scratch/second.cfg"
options="--seed 1 --worlds 64 --quiet"
{
    "$FOOTHOLD" run $files $options --out "$scratch/all"
    "$FOOTHOLD" pool $files $options --out "$scratch/pool"
    "$FOOTHOLD" compare $files $options --out "$scratch/compare"
    "$FOOTHOLD" sweep $scratch/second.cfg $options --vary transitions.exit.per_month=0.01:0.1:3 --out "$scratch/sweep"
    "$FOOTHOLD" score $files $options --resolved "$scratch/came.cfg" --out "$scratch/score"
} >"$scratch/nothing"
for page in all pool compare sweep score; do
    echo "$page: $(grep -ciE '<script|<img|<svg on|href="javascript' "$scratch/$page/report.html")" \
        "$(grep -c 'default-src' "$scratch/$page/report.html") $(grep -o 'href="[^"]*"' "$scratch/$page/report.html")"
done
