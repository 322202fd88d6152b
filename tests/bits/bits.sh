#!/bin/sh
# The promise that results do not depend on compiler, instruction set, size of block or the processor's own arithmetic,
# shown on this machine: builds the program in several ways, runs each, and compares what comes out.
#
#   sh tests/bits/bits.sh FOOTHOLD       the program to compare with
#
# What is counted (summary.csv, curves.csv, levers.csv) must be the same to the last byte. Ends with "N passed, N failed".
set -u

foothold=${1:?the path of foothold}
scenario=$(dirname "$0")/../../scenarios/syria/2024-12.cfg
passed=0
failed=0

temp=$(mktemp -d)
trap 'rm -rf "$temp"' EXIT

# play PROGRAM NAME: all estimators and designs into $temp/NAME
play() {
    for how in "draw stratified" "draw mc" "conditional stratified" "conditional sobol"; do
        set -- "$1" "$2" $how
        "$1" run --seed 11 --worlds 300 --runs 40 --estimator "$3" --design "$4" --threads 2 --quiet --format csv \
            --out "$temp/$2/$3-$4" "$scenario" >/dev/null || return 1
    done
}

# same NAME: as the first
same() {
    for how in draw-stratified draw-mc conditional-stratified conditional-sobol; do
        for file in summary.csv curves.csv levers.csv; do
            cmp "$temp/first/$how/$file" "$temp/$1/$how/$file" || return 1
        done
    done
}

judge() { # NAME PROGRAM [VARIABLE=VALUE]
    if (if [ $# -gt 2 ]; then export "$3"; fi; play "$2" "$1") && same "$1"; then
        echo "ok - $1"
        passed=$((passed + 1))
    else
        echo "not ok - $1"
        failed=$((failed + 1))
    fi
}

# build NAME MAKE-ARGUMENTS ...: into build/bits/NAME, and judge it
build() {
    name=$1
    shift
    if ! ${MAKE:-make} -s B="build/bits/$name" "$@" >"$temp/log" 2>&1; then
        echo "skipped - $name: does not build here"
        return
    fi
    status=0
    "build/bits/$name/foothold" run --quiet --format csv --worlds 16 --seed 1 --out "$temp/tried" scenarios/first.cfg \
        >"$temp/log" 2>&1 || status=$?
    if [ "$status" -eq 132 ]; then # SIGILL
        echo "skipped - $name: this machine lacks its instructions"
        return
    fi
    judge "$name" "build/bits/$name/foothold"
}

play "$foothold" first || exit 1
judge vectors-256 "$foothold" FOOTHOLD_VECTORS=256
judge vectors-128 "$foothold" FOOTHOLD_VECTORS=128
judge fma-masked "$foothold" GLIBC_TUNABLES=glibc.cpu.hwcaps=-AVX2,-FMA,-FMA4,-AVX2_Usable,-FMA_Usable
build gcc-O1 CC=gcc CFLAGS=-O1
build gcc-avx2 CC=gcc CFLAGS='-O3 -march=haswell'
build gcc-avx512 CC=gcc CFLAGS='-O3 -march=x86-64-v4'
build clang CC=clang SAN=-fopenmp=libomp
build small-blocks CPPFLAGS=-DFOOTHOLD_BLOCK_RUNS=1
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
