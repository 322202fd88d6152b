# Sourced by scripts that print TAP: check, and the count of what passed. $temp is a folder of theirs.
temp=$(mktemp -d) || exit 1
trap 'rm -rf "$temp"' EXIT
trap 'exit 130' INT
n=0
failed=0

# check NAME COMMAND...
check() {
    n=$((n + 1))
    name=$1
    shift
    if "$@" >"$temp/log" 2>&1; then
        echo "ok $n - $name"
    else
        failed=$((failed + 1))
        echo "not ok $n - $name"
        sed 's/^/# /' "$temp/log"
    fi
}

# The plan, and whether all is well.
end_checks() {
    echo "1..$n"
    [ "$n" -gt 0 ] && [ $failed -eq 0 ]
}
