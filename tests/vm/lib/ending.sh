# The end of a run, for every reason: prints the counts, and leaves no processes or files behind.

passed=0 failed=0 skipped=0
# The processes that run beside the run, and the last command that failed.
children=() failing=
counted= signalled= work=

count() { echo "$passed passed, $failed failed, $skipped skipped"; counted=yes; }

# Ends the run with a message, and counts a failure.
fail() { echo "tests/vm/run: $1" >&2; failed=$((failed + 1)); count; exit 1; }

# attend COMMAND...: runs a command so that a signal ends it and the run at once; a shell would wait for the command first.
attend() {
    local status=0
    "$@" <&0 &
    children+=($!)
    wait $! || status=$?
    children=()
    return $status
}

# Kills the processes at once, so that none outlives the run, and hides the shell's messages about it.
end_children() {
    [ ${#children[@]} -gt 0 ] || return 0
    {
        kill -KILL "${children[@]}" || true
        wait "${children[@]}" || true
    } 2>/dev/null
    children=()
}

# Runs when the shell exits. Prints the command that failed, if nothing else ended the run.
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

# Makes a folder for this run, and locks it until the run ends, so that the next run can recognize and remove folders of ended runs.
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
