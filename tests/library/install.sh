#!/bin/sh
# Install into a folder of its own, build the README's C example against that, and see that it gives the numbers that the program
# gives. One TAP line each.
#
#   FOOTHOLD=build/foothold sh tests/library/install.sh      from the project's root
: "${FOOTHOLD:=build/foothold}"
build=$(dirname "$FOOTHOLD")
. tests/tap.sh

packages() {
    PKG_CONFIG_PATH="$temp/lib/pkgconfig${PKG_CONFIG_PATH:+:$PKG_CONFIG_PATH}" pkg-config "$@" foothold
}

compile() {
    ${CC:-cc} ${SAN-} -Wall -Wextra -Werror "$temp/example.c" $(packages --cflags --libs) -o "$temp/example"
}

same_numbers() {
    "$temp/example" >"$temp/library" &&
        "$FOOTHOLD" run scenarios/first.cfg --set levers.debt_relief.chance=0.5 --seed 1 --quiet --format csv \
            --out "$temp/results" >"$temp/program" &&
        awk -F, '$3 == "both_held" && $6 == "mean" { printf "both_held %.4f +- %.4f", $8, $9 }
                 $3 == "both_held" && $6 == "quantile" && $7 == 0.05 { low = $8 }
                 $3 == "both_held" && $6 == "quantile" && $7 == 0.95 { high = $8 }
                 END { printf " (%.2f to %.2f)\n", low, high }' "$temp/program" | diff - "$temp/library"
}

# names that a user's own functions could have
no_other_names() {
    # a name that begins with a dot is the compiler's: clang's lock of critical sections, which all of a program share
    ! nm -g --defined-only "$temp/lib/libfoothold.a" | awk 'NF == 3 { print $3 }' | grep -v -e '^foothold_' -e '^[.]'
}

nothing_left() {
    make -s uninstall B="$build" PREFIX="$temp" && [ -z "$(find "$temp" -path '*foothold*' -type f)" ]
}

awk '$0 == "```" { inside = 0 } inside; $0 == "```c" { inside = 1 }' README.md >"$temp/example.c"
check "installs" make -s install B="$build" PREFIX="$temp"
check "the version" test "foothold $(packages --modversion)" = "$("$FOOTHOLD" --version)"
check "the README's example compiles" compile
check "and gives the program's numbers" same_numbers
check "the library shows no other names" no_other_names
check "uninstalls" nothing_left
end_checks
