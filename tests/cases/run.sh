#!/bin/sh
# Run the cases of the command line, tests/cases/cli, from the root of the repository; one TAP line each.
#
# A case is NAME.cmd, the arguments after `foothold` as the shell reads them, or a scenario NAME.cfg alone, which is
# checked. What it should print and return stands beside it: NAME.out, NAME.err (empty if not there), NAME.exit (0).
# `sh tests/cases/run.sh --accept` writes those files as the program answers now: look at the difference before keeping it.
cases=tests/cases/cli
: "${FOOTHOLD:=build/foothold}"
export FOOTHOLD LC_ALL=C
unset NO_COLOR
scratch=$(mktemp -d) || exit 1
export scratch # for what a case writes
trap 'rm -rf "$scratch"' EXIT
trap 'exit 130' INT

play() {
    if [ -f "$cases/$1.cmd" ]; then
        arguments=$(cat "$cases/$1.cmd")
    else
        arguments="check $cases/$1.cfg"
    fi
    sh -c "\"\$FOOTHOLD\" $arguments" >"$scratch/out" 2>"$scratch/err" </dev/null
    echo $? >"$scratch/exit"
}

accept() {
    for part in out err exit; do
        rm -f "$cases/$1.$part"
        cmp -s "$scratch/$part" "$scratch/$part.usual" || cp "$scratch/$part" "$cases/$1.$part"
    done
}

compare() {
    for part in out err exit; do
        expected=$cases/$1.$part
        [ -f "$expected" ] || expected=$scratch/$part.usual
        diff -u "$expected" "$scratch/$part" || return 1
    done
}

: >"$scratch/out.usual"
: >"$scratch/err.usual"
echo 0 >"$scratch/exit.usual"
n=0
failed=0
for name in $(ls "$cases" | sed -n 's/\.c[mf][dg]$//p' | sort -u); do
    n=$((n + 1))
    play "$name"
    if [ "$1" = --accept ]; then
        accept "$name"
    elif difference=$(compare "$name"); then
        echo "ok $n - $name"
    else
        failed=$((failed + 1))
        echo "not ok $n - $name"
        echo "$difference" | sed 's/^/# /'
    fi
done
echo "1..$n"
[ "$n" -gt 0 ] && [ $failed -eq 0 ]
