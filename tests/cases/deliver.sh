#!/bin/sh
# Folders of results under fire: two runs at once, kills at any time, damage, other people's files. Prints TAP. KILLS=300 for
# a long one; with FOOTHOLD_QUICK a short one.
: "${FOOTHOLD:=build/foothold}" "${KILLS:=${FOOTHOLD_QUICK:+2}}"
: "${KILLS:=8}" "${ROUNDS:=${FOOTHOLD_QUICK:+2}}"
: "${ROUNDS:=6}"
. tests/tap.sh
export LC_ALL=C
old="scenarios/first.cfg --seed 1 --worlds 64 --runs 4"
new="scenarios/first.cfg --seed 2 --worlds 64 --runs 4"

# play FOLDER ARGUMENTS...
play() {
    folder=$1
    shift
    "$FOOTHOLD" run "$@" --quiet --format csv --out "$folder" >"$temp/nothing"
}

play "$temp/old" $old
play "$temp/new" $new

# same FOLDER AS: all results but the manifest, which tells of time, and the line that says how to do it again
same() {
    for file in "$temp/$2"/*; do
        case ${file##*/} in
        manifest.json) ;;
        report.html)
            sed '/foothold run/d' "$file" >"$temp/page"
            sed '/foothold run/d' "$1/report.html" | cmp -s "$temp/page" - || return 1
            ;;
        *) cmp -s "$file" "$1/${file##*/}" || return 1 ;;
        esac
    done
}

# what a folder holds: a whole old result, a whole new one, or nothing that is called a result
holds() {
    [ -f "$1/manifest.json" ] || return 0
    same "$1" old || same "$1" new
}

# Two seeds at once, again and again: one of them is told to wait, or both come one after the other; never a mixture.
two_at_once() {
    for _ in $(seq "$ROUNDS"); do
        play "$temp/both" $old 2>"$temp/err1" &
        play "$temp/both" $new 2>"$temp/err2"
        second=$?
        wait $!
        first=$?
        [ $((first + second)) -le 1 ] || { cat "$temp/err1" "$temp/err2"; return 1; }
        [ $((first + second)) -eq 0 ] || cat "$temp/err1" "$temp/err2" | grep -q 'writing to it' || return 1
        [ -f "$temp/both/manifest.json" ] && holds "$temp/both" || return 1
    done
}

# until_writing FOLDER: a run has locked it, which it does once signals are caught; on a busy machine that takes its time
until_writing() {
    for _ in $(seq 1200); do
        { grep -q . "$1/.foothold.lock" || [ -e "$1/manifest.json" ]; } 2>/dev/null && return
        sleep 0.05
    done
}

# The waiting one is told who writes: a run that is long enough is held by SIGSTOP.
names_the_process() {
    "$FOOTHOLD" run scenarios/first.cfg --seed 1 --worlds 1e8 --quiet --out "$temp/busy" >"$temp/nothing" &
    pid=$!
    until_writing "$temp/busy"
    play "$temp/busy" $new 2>"$temp/err"
    status=$?
    kill -9 $pid
    wait $pid
    grep "process $pid is writing to it" "$temp/err" || { cat "$temp/err"; return 1; }
    [ $status -eq 1 ] && play "$temp/busy" $new && same "$temp/busy" new
}

# killed WHEN: a run that is killed at the N-th of its system calls of a kind (rename:N, unlink:N), or after N milliseconds
killed() {
    case $1 in
    *:*)
        strace -f -qq -o "$temp/trace" -e trace="${1%:*}" -e inject="${1%:*}:signal=KILL:when=${1#*:}" "$FOOTHOLD" run $new \
            --quiet --format csv --out "$temp/kill" >"$temp/nothing" 2>&1
        ;;
    *)
        "$FOOTHOLD" run $new --quiet --format csv --out "$temp/kill" >"$temp/nothing" 2>&1 &
        sleep "$(printf '0.%03d' "$1")"
        kill -9 $! 2>/dev/null
        wait $!
        ;;
    esac
}

# survives WHEN: what a kill then leaves, --resume mends, and nothing is left over
survives() {
    play "$temp/kill" $old || return 1
    killed "$1" 2>/dev/null
    holds "$temp/kill" || { echo "mixed"; ls -la "$temp/kill"; return 1; }
    play "$temp/kill" $new --resume || return 1
    same "$temp/kill" new || { echo "not resumed"; return 1; }
    [ "$(ls -A "$temp/kill" | wc -l)" -eq "$(ls -A "$temp/new" | wc -l)" ] || { ls -A "$temp/kill"; return 1; }
}

# survives_all WHEN...
survives_all() {
    for when; do
        survives "$when" || { echo "after a kill at $when"; return 1; }
    done
}

# replayed COMMAND: after that damage --resume plays again, and all is as it was
replayed() {
    play "$temp/hurt" $new --resume || return 1
    (cd "$temp/hurt" && eval "$1") || return 1
    "$FOOTHOLD" run $new --resume --out "$temp/hurt" >"$temp/out" 2>&1 || return 1
    grep 'draws, seed 2' "$temp/out" && same "$temp/hurt" new
}

skipped() {
    play "$temp/hurt" $new || return 1
    "$FOOTHOLD" run $new --resume --out "$temp/hurt" >"$temp/out" 2>&1 || return 1
    ! grep 'draws, seed 2' "$temp/out"
}

# foreign STATUS ARGUMENTS...: into a folder with a table of somebody else's
foreign() {
    expected=$1
    shift
    rm -rf "$temp/mine"
    mkdir "$temp/mine"
    echo precious >"$temp/mine/summary.csv"
    "$FOOTHOLD" "$@" --quiet --out "$temp/mine" >"$temp/nothing" 2>"$temp/err"
    [ $? -eq "$expected" ] || return 1
    [ "$expected" -eq 0 ] || { grep -q -- '--force' "$temp/err" && [ "$(cat "$temp/mine/summary.csv")" = precious ]; }
}

# The signal of a terminal that goes away keeps what is done.
hangs_up() {
    "$FOOTHOLD" run scenarios/first.cfg --seed 1 --worlds 1e9 --out "$temp/hup" >"$temp/nothing" 2>&1 &
    pid=$!
    until_writing "$temp/hup"
    sleep 0.5
    kill -HUP $pid
    wait $pid
    [ $? -eq 129 ] && grep '"complete": false' "$temp/hup/manifest.json" && [ "$(wc -l <"$temp/hup/worlds.csv")" -gt 100 ]
}

does_not_care() {
    nohup "$FOOTHOLD" run scenarios/first.cfg --seed 1 --worlds 8e3 --out "$temp/nohup" >"$temp/nothing" 2>&1 &
    pid=$!
    until_writing "$temp/nohup"
    kill -HUP $pid
    wait $pid && grep '"complete": true' "$temp/nohup/manifest.json"
}

renames="unlink:1 unlink:2 rename:1 rename:2 rename:9 rename:16 rename:17"
[ -z "${FOOTHOLD_QUICK-}" ] || renames="unlink:1 rename:1 rename:9"
s0=scenarios/syria/s0-inss.cfg
s1=scenarios/syria/s1-column.cfg
check "two runs at once do not mix" two_at_once
check "the one that is refused is told which process writes" names_the_process
check "a kill at any time leaves the old result, the new one or none, and --resume mends it" \
    survives_all $(seq "$KILLS" | awk '{ print $1 * 7 % 45 + 1 }')
if strace -f -qq -o "$temp/trace" true 2>/dev/null; then
    check "a kill amid the renames" survives_all $renames
fi
check "--resume skips a whole result" skipped
check "plays again for an emptied table" replayed ': >worlds.csv'
check "for a summary cut short" replayed 'head -c 100 summary.json >x; mv x summary.json'
check "for one byte changed" replayed 'sed -i "2s/0/1/" curves.csv'
check "for a table of another run" replayed 'cp ../old/levers.csv ../old/worlds.csv .'
check "for a script that is gone" replayed 'rm worlds.gp'
check "for a manifest cut short" replayed 'head -c 500 manifest.json >x; mv x manifest.json'
check "as where a kill came" replayed 'rm manifest.json; touch .foothold.lock'
check "run refuses a folder of somebody else's" foreign 2 run $old
check "--force does not" foreign 0 run $old --force
check "nor a batch of several" foreign 2 run scenarios/first.cfg $s0 --worlds 64 --runs 4
check "compare" foreign 2 compare $s0 $s1 --worlds 256 --runs 4
check "sweep" foreign 2 sweep scenarios/first.cfg --vary levers.debt_relief.chance=0,1 --worlds 256
check "pool" foreign 2 pool $s0 $s1 --worlds 256
check "explain" foreign 2 explain scenarios/first.cfg --worlds 64 --runs 4
check "score" foreign 2 score $s0 --resolved scenarios/syria/resolved.cfg --worlds 256
check "a terminal that goes away ends a run in good order" hangs_up
check "but not one under nohup" does_not_care
end_checks
