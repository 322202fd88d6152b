#!/bin/sh
# A shipped scenario says in its head what it gives: "# expect: QUESTION LOW..HIGH", or "# gave: QUESTION VALUE" of a run at the defaults
# with seed 1, which must still come out within a point. Play each and see. Prints TAP.
foothold=${FOOTHOLD:-build/foothold}
out=$(mktemp -d) || exit 1
trap 'rm -rf "$out"' EXIT
n=0
failed=0

for file in $(grep -rlE '^# (expect|gave): ' scenarios | sort); do
    expected=$(grep -m1 -E '^# (expect|gave): ' "$file")
    question=$(echo "$expected" | cut -d' ' -f3)
    range=$(echo "$expected" | awk '$2 == "gave:" { $4 = ($4 - 0.01) ".." ($4 + 0.01) } { print $4 }')
    n=$((n + 1))
    got=$("$foothold" run "$file" --seed 1 --worlds 512 --runs 64 --out "$out" --format csv --quiet |
        awk -F, -v q="$question" '$3 == q && $6 == "mean" { print $8 }')
    if echo "$got ${range%..*} ${range#*..}" | awk '{ exit !(NF == 3 && $1 >= $2 && $1 <= $3) }'; then
        echo "ok $n - $file: $question $got in $range"
    else
        echo "not ok $n - $file: $question ${got:-missing}, expected $range"
        failed=1
    fi
done
echo "1..$n"
[ "$n" -gt 0 ] && [ "$failed" -eq 0 ]
