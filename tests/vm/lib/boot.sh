# Runs one scenario: boots the guest until it reaches its end, and evaluates its log.

# Seconds without output after which a guest counts as hanging. Its total time is not limited.
patience=${COPYMC_VM_PATIENCE:-900}

# Returns when the guest has printed nothing for that time.
await_silence() {
    while [ $(($(date +%s) - $(stat -c %Y "$log"))) -le "$patience" ]; do
        sleep 1
    done
}

# set_guest OPTION...: sets "guest_command" to the command that runs the guest until it switches itself off. Of the kernel's messages it shows
# only those of a panic.
set_guest() {
    tool "qemu-system-$emulated"
    guest_command=("${tool[@]}" "${platform[@]}" -accel tcg,thread=multi -smp 2 -m 2G -nodefaults -nographic -no-reboot -serial stdio
        -L "$tools/usr/share/qemu" -L "$tools/usr/share/seabios" -kernel "$(find "$kernel" -name 'vmlinuz*' -type f | head -1)" -initrd "$work/initramfs"
        -append "console=$console loglevel=3 panic=-1 hugepages=48${arguments:+ $arguments}" "$@")
}

# boot: runs the guest and streams its log. Sets "verdict" to the problem, or to nothing if the guest ended as expected, and "decided" if another
# boot would not change the result. A guest must reach its end or, if the array "panic" has patterns, panic with a line for each. The guest, the
# program beside it (the array "beside", if any) and the timer run concurrently; when the first of them ends, the others are killed.
boot() {
    local guest other=none timer filter ended status=0
    set_guest "${options[@]}"
    : >"$log"
    rm -f "$log.console" && mkfifo "$log.console"
    sed -u 's/\r$//' <"$log.console" | if [ -n "$answers" ]; then cat >"$log"; else tee "$log"; fi &
    filter=$!
    "${guest_command[@]}" </dev/null >"$log.console" 2>&1 &
    guest=$!
    await_silence >/dev/null 2>&1 &
    timer=$!
    children=($guest $timer)
    if [ ${#beside[@]} -gt 0 ]; then
        "${beside[@]}" >"$log.beside" 2>&1 &
        other=$!
        children+=($other)
    fi
    wait -n -p ended "${children[@]}" || status=$?
    # The program beside the guest may end before it, but only with status 0.
    if [ "$ended" = "$other" ] && [ $status = 0 ]; then
        children=($guest $timer)
        wait -n -p ended "${children[@]}" || status=$?
    fi
    end_children
    wait $filter || fail "the guest's log cannot be written: $(free_space "$work") MiB are free for $log"
    decided=
    if [ ${#panic[@]} -gt 0 ] && grep -q -e 'Kernel panic' -e '^guest: end$' "$log"; then
        judge_panic
    elif grep -q '^guest: end$' "$log"; then
        verdict=
    elif grep -q 'Kernel panic' "$log"; then
        verdict="the guest panicked: $(grep -m 1 -o 'Kernel panic.*' "$log")"
    elif [ "$ended" = "$timer" ]; then
        verdict="the guest printed nothing for $patience s"
    elif [ "$ended" = "$other" ]; then
        verdict="the program beside it ended with $status: $(tail -n 1 "$log.beside")"
    else
        verdict="QEMU ended with $status before the guest's end"
    fi
}

# judge_panic: sets "verdict" and "decided" for a guest that had to panic, after it panicked or reached its end.
judge_panic() {
    local pattern
    verdict= decided=yes
    grep -q 'Kernel panic' "$log" || { verdict="the guest did not panic" && return; }
    for pattern in "${panic[@]}"; do
        grep -q -e "$pattern" "$log" || verdict="the guest did not panic as expected ($(grep -m 1 -o 'Kernel panic.*' "$log")): no line has '$pattern'"
    done
}

# run_scenario FILE: boots it, three times at most, and adds its counts to passed, failed and skipped. A guest is booted again only if it ended
# early without a failure.
run_scenario() {
    local attempt counts
    report() { :; }
    commands=() options=() beside=() panic=() arguments= answers= architectures="x86-64 arm64"
    . "$1"
    scenario=$(basename "$1" .sh)
    case " $architectures " in *" $architecture "*) ;; *) return 0 ;; esac
    log=$work/$scenario.log
    pack_guest "$work/initramfs" "${commands[@]}"
    for attempt in 1 2 3; do
        [ $attempt = 1 ] || echo "again, attempt $attempt of 3: $verdict"
        boot
        read -r -a counts <<<"$(count_log)"
        # Answers are compared later, by judge_situations.
        [ -z "$answers" ] || counts=(0 0 0)
        [ -n "$verdict" ] && [ "${counts[1]}" = 0 ] && [ -z "$decided" ] || break
    done
    if [ -z "$verdict" ] && [ ${#panic[@]} -gt 0 ]; then
        echo "passed $scenario: $(grep -m 1 -o 'Kernel panic.*' "$log"), as expected"
        passed=$((passed + 1))
    fi
    [ -n "$verdict" ] || report
    if [ -n "$verdict" ]; then
        echo "$scenario, $architecture: $verdict. The last lines of its log:"
        tail -n 30 "$log" | sed 's/^/    /'
        # Counts only the failures of such a guest.
        counts=(0 $((counts[1] + 1)) 0)
    fi
    passed=$((passed + counts[0])) failed=$((failed + counts[1])) skipped=$((skipped + counts[2]))
}

# judge_situations: compares the answers in the log, and sets "counts".
judge_situations() {
    local compared=$work/$scenario.compared
    compare_answers "$(echo "${kernel##*/linux-image-}" | grep -o '^[0-9]*\.[0-9]*')" | tee "$compared" || true
    counts=($(sed -n 's/.* agrees in \([0-9]*\) .* disagrees in \([0-9]*\), .* in \([0-9]*\); \([0-9]*\) .*/\1 \2 \3 \4/p' "$compared" |
        awk '{ print $1, $2, $3 + $4 }'))
    [ ${#counts[@]} = 3 ] || verdict="the answers were not compared"
}

# Prints "PASSED FAILED SKIPPED" for the log. A program that ended without its counts, or with a status that they do not explain, counts as one
# more failure.
count_log() {
    awk '
        function close_program() { failed += reported; reported = 0 }
        /^guest: starting / { close_program(); counted = 0; broken = 0 }
        /FAILED / { reported++ }
        /^[A-Za-z]+: [0-9]+ passed, [0-9]+ failed, [0-9]+ skipped$/ { passed += $2; failed += $4; skipped += $6; counted = 1; broken = $4; reported = 0 }
        /^guest: ended with / { if (!counted || ($4 != "0:" && !broken)) failed++ }
        /^guest: killed by / { failed++ }
        END { close_program(); print passed + 0, failed + 0, skipped + 0 }
    ' "$log"
}
