#!/bin/sh
# Let libFuzzer try each harness for so many seconds, two at a time. From the root of the repository; Prints TAP.
#
#   sh tests/fuzz/fuzz.sh BUILD SECONDS [NAME...]
#
# What it begins with: tests/fuzz/corpus/NAME, the shipped scenarios and the cases of the command line. What it finds worth keeping
# stays in BUILD/corpus/NAME, for the next time; a crash in BUILD/crashes, as NAME-*. A crash that was mended belongs into
# tests/fuzz/corpus/NAME.
build=$1
seconds=$2
shift 2
names=${*:-scenario play frozen resolutions batch}
[ -n "$build" ] && [ "$seconds" -gt 0 ] || { echo "usage: sh tests/fuzz/fuzz.sh BUILD SECONDS [NAME...]" >&2; exit 2; }
. tests/tap.sh
export TMPDIR="$temp" ASAN_OPTIONS="${ASAN_OPTIONS:-}:quarantine_size_mb=16"
mkdir -p "$build/crashes"

# what a harness begins with beside its own corpus
seeds() { # NAME FOLDER
    mkdir -p "$2"
    case $1 in
    scenario | play) cp scenarios/first.cfg tests/cases/cli/*.cfg "$2" ;;
    resolutions) cp scenarios/syria/resolved.cfg tests/cases/cli/files/resolved*.cfg "$2" ;;
    batch) cp scenarios/batch.cfg tests/cases/cli/files/batch*.cfg "$2" ;;
    frozen) cp results/sample/summary.csv tests/cases/cli/files/*.csv "$2" ;;
    esac
}

try() { # NAME
    seeds "$1" "$temp/seeds-$1"
    mkdir -p "$build/corpus/$1"
    "$build/tests/fuzz/fuzz_$1" -max_total_time="$seconds" -timeout=20 -rss_limit_mb=1500 -max_len=8192 -close_fd_mask=1 \
        -use_value_profile=1 -dict=tests/fuzz/foothold.dict -artifact_prefix="$build/crashes/$1-" -print_final_stats=1 \
        "$build/corpus/$1" "tests/fuzz/corpus/$1" "$temp/seeds-$1" >"$temp/$1.log" 2>&1
    echo $? >"$temp/$1.status"
    tail -n 60 "$temp/$1.log" >"$build/crashes/$1.log" # the folder of a crash has what it said
    sed -n 's/^stat::number_of_executed_units: */# '"$1"': inputs tried: /p' "$temp/$1.log"
}

no_crash() { # NAME
    [ "$(cat "$temp/$1.status")" -eq 0 ] || { grep -v '^#[0-9]' "$temp/$1.log" | tail -n 60; return 1; }
}

set -- $names
while [ $# -gt 0 ]; do
    echo "# trying $1${2:+ and $2} for $seconds s"
    try "$1" &
    first=$!
    [ $# -gt 1 ] && try "$2"
    wait $first
    check "fuzz $1" no_crash "$1"
    [ $# -gt 1 ] && check "fuzz $2" no_crash "$2"
    shift
    [ $# -gt 0 ] && shift
done
end_checks
status=$?
echo "$((n - failed)) passed, $failed failed"
exit $status
