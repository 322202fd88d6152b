#!/bin/sh
# What a draw costs: the engine beside the program an analyst would write by hand (scalar.c), on one core.
#
#   sh tests/bench/bench.sh SCALAR FOOTHOLD      ROUNDS=3 in front of it plays fewer rounds than seven
#
# Each round plays every row once, one after the other, so that what else the machine does falls on all alike. Time is
# the user CPU time of the whole program, reading and writing included. A row's ratio is the first row's time by its own
# in the same round: how many times as fast it is. The engine answers more than the questions (curves, levers, times),
# and shares each world among many draws; the second row tells what sharing alone is worth.
set -eu

scalar=${1:?the path of scalar}
foothold=${2:?the path of foothold}
rounds=${ROUNDS:-7}
worlds=4096
runs=256 # in each world; together a good million draws, as many as foothold plays if not told otherwise
draws=$((worlds * runs))
scenario=$(dirname "$0")/../../scenarios/syria/2024-12.cfg

# The rows of the table. Each is a function that plays $draws draws, and a line in label().
rows="own_worlds shared_worlds engine"

own_worlds() {
    "$scalar" "$draws" "$round"
}

shared_worlds() {
    "$scalar" "$draws" "$round" "$runs"
}

engine() {
    "$foothold" run --seed "$round" --worlds "$worlds" --runs "$runs" --threads 1 --quiet --format csv \
        --out "$temp/results" "$scenario"
}

label() {
    case $1 in
    own_worlds) echo "C and GSL, a world each draw" ;;
    shared_worlds) echo "C and GSL, $runs draws a world" ;;
    engine) echo "foothold, $runs draws a world" ;;
    esac
}

# User seconds of all programs this shell has run so far, left in $seconds; the second line of `times` has them as 1m2.34s.
# `times` must not run in a substitution, whose shell has run none.
read_clock() {
    times >"$temp/times"
    seconds=$(awk 'NR == 2 { split($1, part, /[ms]/); print part[1] * 60 + part[2] }' "$temp/times")
}

# Appends the round's nanoseconds a draw to the row's file.
measure() {
    read_clock
    before=$seconds
    "$1" >"$temp/output"
    read_clock
    echo "$before $seconds $draws" | awk '{ print ($2 - $1) / $3 * 1e9 }' >>"$temp/$1"
}

# The median, least and greatest of the numbers on standard input.
spread() {
    sort -n | awk '{ x[NR] = $1 } END { print (x[int((NR + 1) / 2)] + x[int(NR / 2) + 1]) / 2, x[1], x[NR] }'
}

report() {
    printf '%-30s %10s %7s   %s\n' "a draw of the December case" "ns" "ratio" "min..max of $rounds rounds"
    for row in $rows; do
        nanoseconds=$(spread <"$temp/$row")
        ratio=$(paste "$temp/${rows%% *}" "$temp/$row" | awk '{ print $1 / $2 }' | spread)
        echo "$nanoseconds $ratio" | awk -v label="$(label "$row")" \
            '{ printf "%-30s %10.0f %7.2f   %.2f..%.2f\n", label, $1, $4, $5, $6 }'
    done
    model=$(LC_ALL=C lscpu 2>/dev/null | sed -n 's/^Model name: *//p')
    echo "${model:-$(uname -m)}; $("${CC:-cc}" --version | head -n 1)"
}

temp=$(mktemp -d)
trap 'rm -rf "$temp"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

if command -v taskset >/dev/null; then # this shell, and so all it runs
    taskset -p -c 0 $$ >/dev/null || echo "bench: not kept to one core" >&2
fi
round=1
while [ "$round" -le "$rounds" ]; do
    for row in $rows; do
        measure "$row"
    done
    round=$((round + 1))
done
report
