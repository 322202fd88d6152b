#!/bin/sh
# The README's recipes, run as they stand there on a run made here: each must end well and leave the picture it says it draws.
# All readers must then read the same number, and the pages and drawings must be well formed.
#
#   FOOTHOLD=build/foothold sh tests/ecosystem/recipes.sh      from the project's root
set -eu

foothold=$(realpath "${FOOTHOLD:?the program}")
root=$PWD
python=${PYTHON:-/usr/bin/python3} # the one that Debian's pandas is installed for
temp=$(mktemp -d)
trap 'rm -rf "$temp"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
passed=0
failed=0

# check NAME COMMAND...
check() {
    name=$1
    shift
    if "$@" >"$temp/log" 2>&1; then
        passed=$((passed + 1))
        echo "ok      $name"
    else
        failed=$((failed + 1))
        echo "FAILED  $name"
        sed 's/^/        /' "$temp/log"
    fi
}

# recipe LANGUAGE FILE: the block of that language in the README
recipe() {
    awk -v fence="\`\`\`$1" '$0 == "```" { inside = 0 } inside; $0 == fence { inside = 1 }' "$root/README.md" >"$2"
    [ -s "$2" ]
}

# A PNG file of more than the few bytes of an empty one.
is_picture() {
    [ "$(head -c 4 "$1" | tail -c 3)" = PNG ] && [ "$(wc -c <"$1")" -gt 2000 ]
}

cd "$temp"
"$foothold" run "$root/scenarios/first.cfg" --seed 1 --worlds 256 --quiet --out results/sample >printed
recipe r recipe.R
recipe python recipe.py
recipe gnuplot recipe.gp
recipe sh recipe.sh

check "R recipe" Rscript recipe.R
check "R drew" is_picture occupancy.png
check "Python recipe" env MPLBACKEND=Agg "$python" recipe.py
check "Python drew" is_picture worlds.png
check "gnuplot recipe" gnuplot recipe.gp
check "gnuplot drew" is_picture exit.png

check "spreadsheet recipe" sh recipe.sh

# the shortest text of a number is read back alike by all
grep -v '^model_id' results/sample/summary.csv | awk -F, '{ print $8 }' >written
cat >read.R <<'END'
cat(sprintf("%a", read.csv("results/sample/summary.csv")$value), sep = "\n")
END
cat >read.py <<'END'
import pandas as pd
for value in pd.read_csv("results/sample/summary.csv", float_precision="round_trip").value:
    print("NA" if value != value else value.hex())
END
cat >strict.py <<'END'
print("\n".join("NA" if x.strip() == "NA" else float(x).hex() for x in open("written")))
END
Rscript read.R >r.raw
"$python" -c 'import sys; [print(x if x == "NA" else float.fromhex(x).hex()) for x in sys.stdin.read().split()]' <r.raw >r.read
"$python" read.py >pandas.read
"$python" strict.py >strict.read
check "pandas reads the numbers written" cmp strict.read pandas.read
# R's own reader, and workbooks, may miss the last bit, so that they are held to what they promise: 15 digits
cat >near.py <<'END'
import sys
for a, b in zip(open("strict.read"), open(sys.argv[1]), strict=True):
    if a == b: continue
    x, y = float.fromhex(a), float.fromhex(b)
    if abs(x - y) > 1e-15 * abs(x): sys.exit(f"{x} is read as {y}")
END
check "R reads the numbers written" "$python" near.py r.read
workbook() {
    ssconvert -S -T Gnumeric_stf:stf_assistant -O 'format=raw' sample.xlsx sheet-%n.csv &&
        "$python" -c 'for row in list(open("sheet-0.csv"))[1:]:
    value = row.split(",")[7]
    print(value if value == "NA" else float(value).hex())' >sheet.read && "$python" near.py sheet.read
}
check "the workbook has the numbers written" workbook

check "plots are drawn" "$foothold" plot results/sample
for plot in results/sample/*.gp; do
    check "$(basename "$plot" .gp).png is a picture" is_picture "${plot%.gp}.png"
    check "$(basename "$plot" .gp).svg is well formed" xmllint --noout "${plot%.gp}.svg"
done
for spec in results/sample/*.json; do
    check "$(basename "$spec") is JSON" "$python" -m json.tool "$spec" /dev/null
done
cat >page.py <<'END'
import html.parser
void = {"meta", "br", "hr", "img", "link", "input", "col"}
open_tags = []
class Page(html.parser.HTMLParser):
    def handle_starttag(self, tag, attributes):
        assert tag not in ("script", "iframe", "object"), tag
        assert all(not name.startswith("on") for name, _ in attributes), attributes
        if tag not in void: open_tags.append(tag)
    def handle_endtag(self, tag):
        assert open_tags and open_tags.pop() == tag, (tag, self.getpos())
page = Page()
page.feed(open("results/sample/report.html", encoding="utf-8").read())
page.close()
assert not open_tags, open_tags
END
check "report.html closes what it opens and runs nothing" "$python" page.py

check "base rates agree with R's survival" Rscript "$root/tests/ecosystem/baserate.R" "$foothold" "$root" "$temp"
for plot in baserate/*.gp; do
    check "$(basename "$plot") draws" sh -c 'cd baserate && gnuplot "$1"' - "$(basename "$plot")"
done
check "the page of base rates closes what it opens" sh -c 'sed "s#results/sample#baserate#" page.py >page2.py && "$1" page2.py' - "$python"

echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
