#!/bin/sh
# --watch, in real time: a run again when a file it extends changes, with the same seed; mistakes told, mended, and a signal that
# ends it. Prints TAP.
: "${FOOTHOLD:=build/foothold}"
. tests/tap.sh
trap 'kill "$watcher" 2>/dev/null; rm -rf "$temp"' EXIT

# lines PATTERN FILE NUMBER: wait, up to a minute, until so many are there
lines() {
    for _ in $(seq 300); do
        [ "$(grep -c "$1" "$2")" -ge "$3" ] && return 0
        sleep 0.2
    done
    cat "$temp/out" "$temp/err"
    return 1
}

one_seed() {
    [ "$(sed -n 's/.*draws, \(seed [0-9]*\),.*/\1/p' "$temp/err" | sort -u | wc -l)" -eq 1 ]
}

ends() {
    kill -TERM "$watcher"
    wait "$watcher"
    [ $? -eq 143 ]
}

cp scenarios/first.cfg "$temp/frame.cfg"
echo 'extends = "frame.cfg"; id = "child";' >"$temp/child.cfg"
: >"$temp/out"
# options before and behind the file, with a value in each of the two ways
"$FOOTHOLD" run --watch --out="$temp/results" "$temp/child.cfg" --worlds 64 --runs 4 >"$temp/out" 2>"$temp/err" &
watcher=$!
check "runs at once" lines 'draws, seed' "$temp/err" 1
sed -i 's/month = 12.0/month = 6.0/' "$temp/frame.cfg"
check "again when what it extends has changed" lines 'month 6' "$temp/out" 1
check "with the same seed" one_seed
echo 'horizon = -1;' >>"$temp/child.cfg"
check "mistakes are told" lines 'error: horizon' "$temp/err" 1
sed -i 's/horizon = -1;//' "$temp/child.cfg"
check "and what mends them is run" lines 'draws, seed' "$temp/err" 3
check "a signal ends it" ends
end_checks
