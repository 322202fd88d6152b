#!/bin/sh
# Every shipped scenario says in its head what to expect, "# expect: QUESTION LOW..HIGH": play each and see. Prints TAP.
foothold=${FOOTHOLD:-build/foothold}
out=$(mktemp -d) || exit 1
trap 'rm -rf "$out"' EXIT
n=0
failed=0

for file in $(grep -rl '^# expect: ' scenarios | sort); do
    expected=$(grep -m1 '^# expect: ' "$file")
    question=$(echo "$expected" | cut -d' ' -f3)
    range=$(echo "$expected" | cut -d' ' -f4)
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
