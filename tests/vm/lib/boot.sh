# One scenario: boots of the guest until one reaches its end, and what its log says.

# Seconds without a word after which a guest hangs. How long it takes is the machine's affair.
patience=${COPYMC_VM_PATIENCE:-900}

# Ends when the guest has said nothing for so long.
await_silence() {
    while [ $(($(date +%s) - $(stat -c %Y "$log"))) -le "$patience" ]; do
        sleep 1
    done
}

# set_guest OPTION...: sets "guest_command" to what runs until the guest switches itself off. The kernel's own lines are left out, but for those
# of a panic.
set_guest() {
    tool "qemu-system-$emulated"
    guest_command=("${tool[@]}" "${platform[@]}" -accel tcg,thread=multi -smp 2 -m 2G -nodefaults -nographic -no-reboot -serial stdio
        -L "$tools/usr/share/qemu" -L "$tools/usr/share/seabios" -kernel "$(find "$kernel" -name 'vmlinuz*' -type f | head -1)" -initrd "$work/initramfs"
        -append "console=$console loglevel=3 panic=-1 hugepages=48${arguments:+ $arguments}" "$@")
}

# boot: streams the guest's log; sets "verdict" to nothing if the guest ended as it should, to what happened if not, and "decided" if another boot
# would change nothing. A guest should reach its end, or, where the array "panic" has patterns, panic with a line for each. The guest, the program beside it
# (the array "beside", if any) and patience run side by side: whichever ends first decides, and the others are ended.
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
    # The program beside the guest may end before it, but only well.
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
        verdict="the guest said nothing for $patience s"
    elif [ "$ended" = "$other" ]; then
        verdict="the program beside it ended with $status: $(tail -n 1 "$log.beside")"
    else
        verdict="QEMU ended with $status before the guest's end"
    fi
}

# judge_panic: sets "verdict" and "decided" of a guest that was to panic, and either did or reached its end.
judge_panic() {
    local pattern
    verdict= decided=yes
    grep -q 'Kernel panic' "$log" || { verdict="the guest lived on where it was to panic" && return; }
    for pattern in "${panic[@]}"; do
        grep -q -e "$pattern" "$log" || verdict="the guest panicked otherwise than it should ($(grep -m 1 -o 'Kernel panic.*' "$log")): no line has '$pattern'"
    done
}

# run_scenario FILE: boots it, three times at most, and adds what it counted to passed, failed and skipped. Only a guest that was lost before it
# found anything wrong is tried again.
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
        # Answers are compared afterwards.
        [ -z "$answers" ] || counts=(0 0 0)
        [ -n "$verdict" ] && [ "${counts[1]}" = 0 ] && [ -z "$decided" ] || break
    done
    if [ -z "$verdict" ] && [ ${#panic[@]} -gt 0 ]; then
        echo "passed $scenario: $(grep -m 1 -o 'Kernel panic.*' "$log"), as it should"
        passed=$((passed + 1))
    fi
    [ -n "$verdict" ] || report
    if [ -n "$verdict" ]; then
        echo "$scenario, $architecture: $verdict. The last lines of its log:"
        tail -n 30 "$log" | sed 's/^/    /'
        # Nothing that such a guest kept is counted, and everything that it broke.
        counts=(0 $((counts[1] + 1)) 0)
    fi
    passed=$((passed + counts[0])) failed=$((failed + counts[1])) skipped=$((skipped + counts[2]))
}

# judge_situations: sets "counts" to what comes of the answers in the log.
judge_situations() {
    local compared=$work/$scenario.compared
    compare_answers "$(echo "${kernel##*/linux-image-}" | grep -o '^[0-9]*\.[0-9]*')" | tee "$compared" || true
    counts=($(sed -n 's/.* agrees in \([0-9]*\) .* disagrees in \([0-9]*\), .* in \([0-9]*\); \([0-9]*\) .*/\1 \2 \3 \4/p' "$compared" |
        awk '{ print $1, $2, $3 + $4 }'))
    [ ${#counts[@]} = 3 ] || verdict="the answers were not compared"
}

# "PASSED FAILED SKIPPED" of the log. A program that did not live to count, or whose counts do not explain how it ended, is a failure itself,
# beside each that it told of.
count_log() {
    awk '
        function close_program() { failed += told; told = 0 }
        /^guest: starting / { close_program(); counted = 0; broken = 0 }
        /FAILED / { told++ }
        /^[A-Za-z]+: [0-9]+ passed, [0-9]+ failed, [0-9]+ skipped$/ { passed += $2; failed += $4; skipped += $6; counted = 1; broken = $4; told = 0 }
        /^guest: ended with / { if (!counted || ($4 != "0:" && !broken)) failed++ }
        /^guest: killed by / { failed++ }
        END { close_program(); print passed + 0, failed + 0, skipped + 0 }
    ' "$log"
}
