# One scenario: boots of the guest until one reaches its end, and what its log says.

# Seconds after which a guest hangs.
patience=${COPYMC_VM_PATIENCE:-900}

# start_guest OPTION...: runs until the guest switches itself off. The kernel's own lines are left out, but for those of a panic.
start_guest() {
    tool "qemu-system-$emulated"
    timeout --foreground "$patience" "${tool[@]}" "${platform[@]}" -accel tcg,thread=multi -smp 2 -m 2G -nodefaults -nographic -no-reboot -serial stdio \
        -L "$tools/usr/share/qemu" -L "$tools/usr/share/seabios" -kernel "$(ls "$kernel"/boot/vmlinuz-*)" -initrd "$work/initramfs" \
        -append "console=$console loglevel=3 panic=-1 hugepages=48" "$@"
}

# boot OPTION...: streams the log; sets "verdict" to nothing if the guest reached its end.
boot() {
    local status
    set +e
    start_guest "$@" </dev/null 2>&1 | sed -u 's/\r$//' | tee "$log"
    status=${PIPESTATUS[0]}
    set -e
    if grep -q '^guest: end$' "$log"; then
        verdict=
    elif grep -q 'Kernel panic' "$log"; then
        verdict="the guest panicked"
    elif [ "$status" = 124 ]; then
        verdict="the guest did not end within $patience s"
    else
        verdict="QEMU ended with $status before the guest's end"
    fi
}

# run_scenario FILE: boots it, three times at most, and adds what it counted to passed, failed and skipped.
run_scenario() {
    local attempt counts
    commands=() options=() architectures="x86-64 arm64"
    beside() { :; }
    . "$1"
    scenario=$(basename "$1" .sh)
    case " $architectures " in *" $architecture "*) ;; *) return ;; esac
    log=$work/$scenario.log
    pack_guest "$work/initramfs" "${commands[@]}"
    for attempt in 1 2 3; do
        [ $attempt = 1 ] || echo "again, attempt $attempt of 3: $verdict"
        beside &
        boot "${options[@]}"
        wait
        [ -n "$verdict" ] || break
    done
    if [ -n "$verdict" ]; then
        echo "$scenario, $architecture: $verdict. The last lines of its log:"
        tail -n 30 "$log" | sed 's/^/    /'
        failed=$((failed + 1))
        return
    fi
    # A program that did not live to count, or whose counts do not explain how it ended, is a failure itself.
    counts=$(awk '
        /^guest: starting / { counted = 0; broken = 0 }
        /^[A-Za-z]+: [0-9]+ passed, [0-9]+ failed, [0-9]+ skipped$/ { passed += $2; failed += $4; skipped += $6; counted = 1; broken = $4 }
        /^guest: ended with / { if (!counted || ($4 != "0:" && !broken)) failed++ }
        /^guest: killed by / { failed++ }
        END { print passed + 0, failed + 0, skipped + 0 }
    ' "$log")
    read -r -a counts <<<"$counts"
    passed=$((passed + counts[0])) failed=$((failed + counts[1])) skipped=$((skipped + counts[2]))
}
