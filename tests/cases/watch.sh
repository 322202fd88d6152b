#!/bin/sh
# --watch, in real time: a run again when a file it extends changes, with the same seed; mistakes told, mended, and a signal that
# ends it. Prints TAP.
: "${FOOTHOLD:=build/foothold}"
temp=$(mktemp -d) || exit 1
trap 'kill "$watcher" 2>/dev/null; rm -rf "$temp"' EXIT
trap 'exit 130' INT
n=0
failed=0

ok() {
    n=$((n + 1))
    if [ "$1" -eq 0 ]; then
        echo "ok $n - $2"
    else
        failed=$((failed + 1))
        echo "not ok $n - $2"
        sed 's/^/# /' "$temp/out" "$temp/err"
    fi
}

# lines PATTERN FILE NUMBER: wait, up to a minute, until so many are there
lines() {
    for _ in $(seq 300); do
        [ "$(grep -c "$1" "$2")" -ge "$3" ] && return 0
        sleep 0.2
    done
    return 1
}

cp scenarios/first.cfg "$temp/frame.cfg"
echo 'extends = "frame.cfg"; id = "child";' >"$temp/child.cfg"
: >"$temp/out"
"$FOOTHOLD" run "$temp/child.cfg" --watch --worlds 64 --runs 4 --out "$temp/results" >"$temp/out" 2>"$temp/err" &
watcher=$!
lines 'draws, seed' "$temp/err" 1
ok $? "runs at once"
sed -i 's/month = 12.0/month = 6.0/' "$temp/frame.cfg"
lines 'month 6' "$temp/out" 1
ok $? "again when what it extends has changed"
[ "$(sed -n 's/.*draws, \(seed [0-9]*\),.*/\1/p' "$temp/err" | sort -u | wc -l)" -eq 1 ]
ok $? "with the same seed"
echo 'horizon = -1;' >>"$temp/child.cfg"
lines 'error: horizon' "$temp/err" 1
ok $? "mistakes are told"
sed -i 's/horizon = -1;//' "$temp/child.cfg"
lines 'draws, seed' "$temp/err" 3
ok $? "and what mends them is run"
kill -TERM "$watcher"
wait "$watcher"
[ $? -eq 143 ]
ok $? "a signal ends it"
echo "1..$n"
[ $failed -eq 0 ]
