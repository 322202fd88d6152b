#!/bin/sh
# How fast, as ratios that hold on any machine: each pair is played in one round, one after the other, so that what else the
# machine does falls on both alike; of several rounds the median ratio is printed, and the least and the greatest.
#
#   sh tests/bench/bench.sh BUILD      the folder of what `make bench` has built; ROUNDS=3 plays fewer rounds than five
#
# The case is a December 2024 (december.cfg). Time is the user CPU time of whole programs, reading and writing
# included, on one core, unless said otherwise. scalar.c is what a careful analyst would write for this one case with GSL: it
# answers the questions only, where the engine also leaves curves, levers and times.
set -eu

build=${1:?the folder of what was built}
rounds=${ROUNDS:-5}
scalar=$build/tests/bench/scalar
parts=$build/tests/bench/parts
foothold=$build/foothold
december=$(dirname "$0")/december.cfg
worlds=2048
runs=256
draws=$((worlds * runs))
courses=$((worlds * 16))
numbers=1000000
precision=0.0001

temp=$(mktemp -d)
trap 'rm -rf "$temp"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# User seconds of all programs this shell has run so far, left in $seconds; the second line of `times` has them as 1m2.34s.
# `times` must not run in a substitution, whose shell has run none.
read_clock() {
    times >"$temp/times"
    seconds=$(awk 'NR == 2 { split($1, part, /[ms]/); print part[1] * 60 + part[2] }' "$temp/times")
}

# measure ROW UNITS COMMAND...: append the nanoseconds a unit to the row
measure() {
    row=$1
    units=$2
    shift 2
    read_clock
    before=$seconds
    "$@" >"$temp/output" 2>"$temp/errors" || { cat "$temp/errors" >&2; exit 1; }
    read_clock
    echo "$before $seconds $units" | awk '{ print ($2 - $1) / $3 * 1e9 }' >>"$temp/$row"
}

# wall ROW COMMAND...: the same by the clock on the wall, in nanoseconds
wall() {
    row=$1
    shift
    before=$(date +%s%N)
    "$@" >"$temp/output"
    echo $(($(date +%s%N) - before)) >>"$temp/$row"
}

run() { # FOOTHOLD ARGUMENTS...
    program=$1
    shift
    "$program" run --quiet --format csv --out "$temp/results" --seed "$round" "$@"
}

one_core() {
    run "$@" --threads 1 "$december"
}

# A case of n levers, each with a date and an effect on every base's transition.
levers() {
    awk -v n="$1" 'BEGIN {
        print "format = 1; as_of = \"2025-01-01\"; horizon = 24.0; bases = { port = { }; };"
        print "states = { LOST = { held = false; final = true; }; LIMBO = { held = true; initial = true; }; };"
        print "transitions = { exit = { from = \"LIMBO\"; to = \"LOST\"; per_month = 0.02; }; }; levers = {"
        for (i = 1; i < n; i++)
            printf "l%d = { chance = 0.4; when = (\"uniform\", 0, 24); effects = { exit = 1.01; }; };\n", i
        print "};" }' >"$temp/levers-$1.cfg"
}

# The median, least and greatest of the numbers on standard input.
spread() {
    sort -n | awk '{ x[NR] = $1 } END { print (x[int((NR + 1) / 2)] + x[int(NR / 2) + 1]) / 2, x[1], x[NR] }'
}

cost() { # ROW LABEL
    [ -s "$temp/$1" ] || return 0
    echo "$(spread <"$temp/$1")" | awk -v label="$2" '{ printf "%-72s %10.0f ns\n", label, $1 }'
}

ratio() { # ROW OTHER LABEL [FACTOR]: the row's time over the other's
    if [ ! -s "$temp/$1" ] || [ ! -s "$temp/$2" ]; then
        printf '%-72s %10s\n' "$3" "not here"
        return
    fi
    paste "$temp/$1" "$temp/$2" | awk -v by="${4:-1}" '{ print $1 / $2 * by }' | spread |
        awk -v label="$3" '{ printf "%-72s %10.2f   %.2f..%.2f\n", label, $1, $2, $3 }'
}

# Variance of what is drawn over that of what is computed, at as many draws: geometric mean over questions and states.
variance_ratio() {
    awk -F, '$7 == "NA" && $6 == "mean" && $4 == "all" || $3 == "state" {
        if (NR == FNR) drawn[$3 $4 $7] = $9
        else if ($9 > 0 && $3 !~ /time/) { sum += 2 * log(drawn[$3 $4 $7] / $9); n++ } }
        END { print exp(sum / n) }' "$1" "$2"
}

# Draws that a question needs for a standard error of $precision, each an independent world: the most of all questions.
needed() {
    awk -F, -v se="$precision" '$6 == "mean" && $4 == "all" && $3 !~ /time/ { n = $8 * (1 - $8) / se^2; if (n > most) most = n }
        END { printf "%.0f\n", most }' "$1"
}

if command -v taskset >/dev/null; then # this shell, and so all it runs, but for what asks for two threads
    taskset -p -c 0 $$ >/dev/null || echo "bench: not kept to one core" >&2
fi
for n in 10 100 1000; do
    levers $n
done
for round in $(seq "$rounds"); do
    measure own_worlds $((draws / 8)) "$scalar" $((draws / 8)) "$round"
    measure shared_worlds "$draws" "$scalar" "$draws" "$round" "$runs"
    measure engine "$draws" one_core "$foothold" --worlds "$worlds" --runs "$runs" --estimator draw
    for isa in avx2 avx512; do
        # what this machine cannot run shows in a small run, not in `help`
        if [ -x "$build/bench/$isa/foothold" ] && one_core "$build/bench/$isa/foothold" --worlds 16 --runs 16 >/dev/null 2>&1; then
            measure "engine_$isa" "$draws" one_core "$build/bench/$isa/foothold" --worlds "$worlds" --runs "$runs" \
                --estimator draw
        fi
    done
    measure stateful "$draws" one_core "$build/tests/bench/stateful" --worlds "$worlds" --runs "$runs" --estimator draw
    one_core "$build/bench/counted/foothold" --worlds "$worlds" --runs "$runs" --estimator draw 2>"$temp/counts" >/dev/null
    measure limit "$draws" "$parts" limit $(tail -n 1 "$temp/counts")
    measure conditional "$courses" one_core "$foothold" --worlds "$worlds" --runs 16 --estimator conditional
    measure drawn_few "$courses" one_core "$foothold" --worlds "$worlds" --runs 16 --estimator draw
    for n in 10 100 1000; do
        measure "clocks_$n" 262144 run "$foothold" --threads 1 --worlds 1024 --runs 256 --estimator draw "$temp/levers-$n.cfg"
    done
    measure own_numbers "$numbers" "$parts" own "$numbers"
    measure libc_numbers "$numbers" "$parts" libc "$numbers"
    measure npy "$numbers" "$parts" npy "$numbers"
done

round=1
for design in stratified sobol; do
    one_core "$foothold" --worlds 16384 --runs 4 --design $design --estimator draw >"$temp/drawn-$design"
    one_core "$foothold" --worlds 16384 --runs 4 --design $design --estimator conditional >"$temp/computed-$design"
done
measure precise 1 one_core "$foothold" --precision $precision --design sobol
cp "$temp/output" "$temp/precise-summary"
needed "$temp/precise-summary" >"$temp/needed"
if command -v taskset >/dev/null; then
    taskset -p -c 0-1 $$ >/dev/null || true
fi
for again in 1 2 3; do
    wall one_thread run "$foothold" --worlds 8192 --runs 256 --estimator draw --threads 1 "$december"
    wall two_threads run "$foothold" --worlds 8192 --runs 256 --estimator draw --threads 2 "$december"
done

echo "A draw of December 2024"
cost own_worlds "  C and GSL by hand, a world each draw"
cost shared_worlds "  C and GSL by hand, $runs draws a world"
cost engine "  foothold, bases drawn"
cost conditional "  foothold, bases computed (16 draws a world)"
echo "Ratios: median   least..greatest of $rounds rounds"
ratio own_worlds engine "  by hand over foothold, bases drawn (as built: 128 bits a vector)"
ratio own_worlds engine_avx2 "  the same, built for AVX2"
ratio own_worlds engine_avx512 "  the same, built for AVX-512"
ratio shared_worlds engine "  by hand with shared worlds over foothold"
ratio engine limit "  foothold over its random bits, logarithms and exponentials alone"
ratio engine stateful "  named random numbers over a stateful generator's"
ratio one_thread two_threads "  one thread over two, by the wall"
ratio clocks_100 clocks_10 "  100 clocks over 10, for 10 times as many" 0.1
ratio clocks_1000 clocks_100 "  1,000 clocks over 100, for 10 times as many" 0.1
ratio conditional drawn_few "  computed over drawn: time"
for design in stratified sobol; do
    variance_ratio "$temp/drawn-$design" "$temp/computed-$design" >"$temp/gain"
    awk -v label="  drawn over computed: variance, --design $design" '{ printf "%-72s %10.1f\n", label, $1 }' "$temp/gain"
done
ratio libc_numbers own_numbers "  a number as text: snprintf over foothold"
ratio own_numbers npy "  a number as text over a record of raw draws"
awk -v precise="$(cat "$temp/precise")" -v needed="$(cat "$temp/needed")" -v draw="$(spread <"$temp/own_worlds" | cut -d' ' -f1)" '
    BEGIN { printf "%-72s %10.0f   (%.1f s over %.1f s)\n",
        "  to a standard error of 0.0001 on every question: by hand over foothold",
        needed * draw / precise, needed * draw / 1e9, precise / 1e9 }'
model=$(LC_ALL=C lscpu 2>/dev/null | sed -n 's/^Model name: *//p')
echo "${model:-$(uname -m)}; $("${CC:-cc}" --version | head -n 1)"
