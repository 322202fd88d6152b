#!/bin/sh
# What helps at a desk: manual pages, completion, a first scenario. Prints TAP; what a shell or mandoc would be needed for is skipped
# where there is none.
: "${FOOTHOLD:=build/foothold}"
foothold=$(realpath "$FOOTHOLD")
. tests/tap.sh
export LC_ALL=C

# needs PROGRAM NAME COMMAND...
needs() {
    program=$1
    shift
    if command -v "$program" >/dev/null; then
        check "$@"
    else
        n=$((n + 1))
        echo "ok $n - $1 # SKIP no $program"
    fi
}

verbs=$("$foothold" help | sed -n '/^verbs/,/^$/s/^  \([a-z]*\) .*/\1/p')

# mandoc looks for the pages that others refer to where the system keeps its own
lint() {
    for verb in "" $verbs; do
        "$foothold" help --man $verb >"$temp/page.1" || return 1
        mandoc -T lint "$temp/page.1" | grep -v 'referenced manual not found: Xr foothold'
    done | grep . && return 1
    return 0
}

# every option that --help names has its entry
options_are_there() {
    for verb in $verbs; do
        "$foothold" help "$verb" | sed -n 's/^  --\([a-z]*\).*/\1/p' >"$temp/listed"
        "$foothold" help --man "$verb" | sed -n 's/^\.It Fl \\-\([a-z]*\).*/\1/p' | diff "$temp/listed" - || return 1
    done
}

# completes WORDS... EXPECTED: what bash would offer
completes() {
    bash -c '. "$1"
        shift
        expected=${!#}
        set -- "${@:1:$#-1}"
        COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
        COMPREPLY=()
        _foothold
        [[ "${COMPREPLY[*]}" == "$expected" ]] || { echo "offers ${COMPREPLY[*]}, not $expected"; exit 1; }' \
        - "$temp/foothold.bash" "$@"
}

"$foothold" completion bash >"$temp/foothold.bash"
"$foothold" completion zsh >"$temp/_foothold"
"$foothold" completion fish >"$temp/foothold.fish"

needs mandoc "manual pages pass mandoc -T lint" lint
check "and have every option" options_are_there
needs bash "bash completes verbs" completes "$foothold" ex explain
needs bash "options" completes "$foothold" run --des --design
needs bash "what an option may be" completes "$foothold" run --design = st stratified
needs bash "paths of the scenario at hand" completes "$foothold" run scenarios/first.cfg --set levers.debt_relief.e \
    levers.debt_relief.effects.sign=
needs bash "numbers only where one is varied" completes "$foothold" sweep scenarios/first.cfg --vary events.unrest.re ""
needs bash "files" completes "$foothold" check scenarios/fi scenarios/first.cfg
needs bash "nothing where there is nothing" completes "$foothold" run no/such.cfg --set levers ""
needs zsh "zsh reads its script" zsh -n "$temp/_foothold"
needs fish "fish reads its script" fish -n "$temp/foothold.fish"

cd "$temp" || exit 1
check "a first scenario is written" "$foothold" new first-of-mine.cfg
check "and checks without a word" sh -c '[ -z "$("$1" check first-of-mine.cfg 2>&1 >/dev/null)" ]' - "$foothold"
check "and runs" "$foothold" run first-of-mine.cfg --worlds 64 --runs 4 --seed 1
check "and can be told" "$foothold" explain first-of-mine.cfg --worlds 64 --runs 4 --seed 1
check "what is there stays" sh -c 'cp first-of-mine.cfg before; "$1" new first-of-mine.cfg; [ $? -eq 2 ] &&
    cmp before first-of-mine.cfg' - "$foothold"
check "- is standard output" sh -c '"$1" new - | cmp - first-of-mine.cfg' - "$foothold"
end_checks
