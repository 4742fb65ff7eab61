# How a run ends, whatever ends it: with a count, with nothing of it left running, and without its files.

passed=0 failed=0 skipped=0
# What runs beside the run itself, and what failed last.
children=() failing=
counted= signalled= work=

count() { echo "$passed passed, $failed failed, $skipped skipped"; counted=yes; }

# What was to run did not: that is a failure, and counted as one.
fail() { echo "tests/vm/run: $1" >&2; failed=$((failed + 1)); count; exit 1; }

# attend COMMAND...: runs it so that a signal to the run ends both at once, where a shell would wait for the command first.
attend() {
    local status=0
    "$@" <&0 &
    children+=($!)
    wait $! || status=$?
    children=()
    return $status
}

# At once: nothing of what they do outlives the run. What the shell has to say of killed processes is no news.
end_children() {
    [ ${#children[@]} -gt 0 ] || return 0
    {
        kill -KILL "${children[@]}" || true
        wait "${children[@]}" || true
    } 2>/dev/null
    children=()
}

# The shell's own last act. A command that failed where nobody expected it has said why; here it is named.
finish() {
    local status=$?
    trap '' INT TERM HUP
    end_children
    if [ $status != 0 ] && [ -z "$counted$signalled" ]; then
        echo "tests/vm/run: failed with $status: ${failing:-the run}" >&2
        [ ! -d "$cache" ] || echo "tests/vm/run: $(free_space "$cache") MiB are free in $cache" >&2
        failed=$((failed + 1)) status=1
        count
    fi
    [ -z "$work" ] || leave_work
    exit "$status"
}

free_space() { df -P -m "$1" | awk 'NR == 2 { print $4 }'; }

set -E
trap 'failing="${BASH_SOURCE[0]##*/} line $LINENO: $BASH_COMMAND"' ERR
trap finish EXIT
trap 'signalled=yes; exit 130' INT
trap 'signalled=yes; exit 143' TERM
trap 'signalled=yes; exit 129' HUP

# A folder for this run. It is locked as long as the run lives, so that the next one can tell what dead ones left behind.
make_work() {
    local left
    for left in "$cache"/run-*; do
        [ ! -d "$left" ] || ! flock -n "$left" true || rm -rf "$left"
    done
    work=$(mktemp -d "$cache/run-XXXXXX")
    exec 8<"$work"
    flock 8
}

leave_work() {
    if [ -n "$keep" ]; then
        mv "$work" "${work/run-/kept-}"
        echo "kept: ${work/run-/kept-}"
    else
        rm -rf "$work"
    fi
}
