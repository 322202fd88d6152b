#!/bin/sh
# `foothold plot` gives gnuplot nothing but the scripts that a result's own manifest lists, as they were written. A gnuplot that
# only notes what it is given stands in for the real one. Prints TAP.
: "${FOOTHOLD:=build/foothold}"
. tests/tap.sh
export LC_ALL=C
mkdir "$temp/bin"
cat >"$temp/bin/gnuplot" <<'END'
#!/bin/sh
case $* in
-*) echo "arguments: $*" >>"$NOTES" ;;
*) cat "$1" >>"$NOTES" ;;
esac
END
chmod +x "$temp/bin/gnuplot"
export NOTES="$temp/notes"
run=$temp/run

# plot: what gnuplot is given of a folder goes to the notes
plot() {
    : >"$NOTES"
    PATH="$temp/bin:$PATH" "$FOOTHOLD" plot "$run" >"$temp/out" 2>"$temp/err"
}

afresh() {
    rm -rf "$run"
    "$FOOTHOLD" run scenarios/first.cfg --seed 1 --worlds 64 --runs 4 --quiet --out "$run" >"$temp/nothing"
}

draws_all() {
    afresh && plot || return 1
    cat "$run"/*.gp | sort >"$temp/wanted"
    sort "$NOTES" | diff "$temp/wanted" - && grep '^5 plots drawn' "$temp/out"
}

draws_no_other() {
    afresh
    for name in evil.gp .hidden.gp -e.gp; do
        echo 'system "touch evil"' >"$run/$name"
    done
    plot && ! grep evil "$NOTES" && ! grep arguments "$NOTES" && grep '^5 plots drawn' "$temp/out"
}

draws_nothing_changed() {
    afresh
    echo 'system "touch evil"' >>"$run/worlds.gp"
    ! plot && ! grep evil "$NOTES" && grep 'worlds.gp is not as it was written' "$temp/err" && grep '^4 plots' "$temp/out"
}

follows_no_list_out() {
    afresh
    mkdir -p "$temp/elsewhere"
    cp "$run/worlds.gp" "$temp/elsewhere/worlds.gp"
    sed -i 's|"worlds.gp"|"../elsewhere/worlds.gp"|' "$run/manifest.json"
    ! plot && ! [ -s "$NOTES" ]
}

wants_a_manifest() {
    afresh
    rm "$run/manifest.json"
    ! plot && ! [ -s "$NOTES" ] && grep 'no manifest.json' "$temp/err"
}

check "all scripts of a result are drawn" draws_all
check "but none that it did not write, whatever its name" draws_no_other
check "nor one that was changed" draws_nothing_changed
check "nor one in another folder" follows_no_list_out
check "nor any where no manifest says what was written" wants_a_manifest
end_checks
