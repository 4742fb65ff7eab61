# Builds the guest: an initramfs with a static init process, the tests, their libraries and kernel modules.

guest_compiler() { if [ "$machine" = "$(uname -m)" ]; then echo "${CC:-cc}"; else echo "$machine-linux-gnu-gcc"; fi; }

# build COMMAND PROJECT OPTION...: closes the locks of the run, because the compiler server may outlive it.
build() { attend dotnet "$1" "${@:2}" -c Release -v quiet --nologo 8>&- 9>&-; }

# publish NAME PROJECT OPTION...: publishes a program, by NativeAOT or for the JIT, into $guest/NAME.
publish() {
    local name=$1 project=$2
    shift 2
    echo "building the guest's program: $name"
    build publish "$project" -r "$rid" -o "$guest/$name" -p:DebugType=none -p:DebugSymbols=false "$@"
    rm -f "$guest/$name"/*.dbg
    "$repository/native/mce_stub/build" "$rid" "$guest/$name/libmce_stub.so"
    CC=$(guest_compiler) "$repository/native/collapse_probe/build" "$guest/$name/collapse_probe" -static
}

# Builds everything except /commands, which differs from boot to boot.
build_guest() {
    guest=$work/guest
    rm -rf "$guest" && mkdir -p "$guest"/{proc,sys,dev,tmp,bin,modules}
    "$(guest_compiler)" -static -std=gnu11 -O2 -Wall -Wextra -Werror -o "$guest/init" "$vm/init/init.c"
    # Builds only the programs that a scenario uses. src/Native/linker removes an option of NativeAOT that only Clang knows.
    ! grep -q -e /aot/ -e panic_in_copy "${scenarios[@]}" || publish aot "$vm/Guest" -p:PublishAot=true -p:CppCompilerAndLinker="$repository/src/Native/linker" -p:ObjCopyName="$([ "$machine" = "$(uname -m)" ] || echo "$machine-linux-gnu-")objcopy"
    ! grep -q /jit/ "${scenarios[@]}" || publish jit "$vm/Guest" --self-contained -p:PublishTrimmed=false
    ! grep -q /copymc/ "${scenarios[@]}" || publish copymc "$repository/src/Bench" --self-contained -p:PublishTrimmed=false
    ! grep -q /stub_tests "${scenarios[@]}" || CC=$(guest_compiler) "$repository/native/mce_stub/tests/run" "$machine" build "$guest/bin/stub_tests"
    ! grep -q /situations "${scenarios[@]}" || copy_situations
    copy_libraries
    copy_module hwpoison-inject
    cp "$libraries"/bin/busybox "$guest/bin/"
}

# Builds the program that runs beside the guest.
build_injector() {
    echo "building the injector of machine checks"
    build publish "$vm/Injector" -o "$work/injector"
}

# Copies the situations of tests/Contract/Agreement, the program that runs them, and the module for swap. --filter selects files by their names.
copy_situations() {
    situations=("$repository"/tests/Contract/Agreement/Situations/*"$filter"*.situations)
    [ -e "${situations[0]}" ] || fail "no file of situations has '$filter' in its name"
    CC=$(guest_compiler) "$repository/native/collapse_probe/build" "$guest/bin/collapse_probe" -static
    sed 's/ *#.*//; /^\s/d; s/ = .*//' "${situations[@]}" >"$guest/situations"
    copy_module zram
}

# compare_answers VERSION: compares the kernel's answers in the log with the model of this kernel; --record also writes them into the files.
compare_answers() {
    build build "$repository/tests/Engine.Tests"
    attend dotnet "$repository/tests/Engine.Tests/bin/Release/net10.0/CopyMc.Engine.Tests.dll" situations "${record:-compare}" --answers "$1" "$log" \
        "${situations[@]}"
}

copy_libraries() {
    local interpreter=lib/ld-linux-aarch64.so.1 triplet=$machine-linux-gnu name
    [ "$machine" = x86_64 ] && interpreter=lib64/ld-linux-x86-64.so.2
    mkdir -p "$guest/lib/$triplet" "$guest/$(dirname "$interpreter")"
    cp -L "$libraries"/lib/"$triplet"/ld-linux-* "$guest/$interpreter"
    for name in libc libm libdl libpthread librt libgcc_s libstdc++; do
        cp -L "$(find "$libraries" -path "*/$triplet/$name.so.[0-9]")" "$guest/lib/$triplet/"
    done
}

# copy_module NAME: copies a module, decompressed, after the modules that it depends on. If the kernel does not have it, tests that need it are
# skipped.
copy_module() {
    local file needed
    file=$(find "$kernel" -path '*/modules/*' \( -name "$1.ko" -o -name "$1.ko.xz" \) | head -1)
    case $file in
        *.ko) cp "$file" "$guest/modules/$1.ko" ;;
        *.ko.xz) tool xz && "${tool[@]}" -dc "$file" >"$guest/modules/$1.ko" ;;
        *) echo "${kernel##*/} has no module $1" && return ;;
    esac
    for needed in $(grep -a -o -z '^depends=.*' "$guest/modules/$1.ko" | tr -d '\0' | sed 's/depends=//; s/,/ /g'); do
        grep -qx "/modules/$needed.ko" "$guest/modules/list" 2>/dev/null || copy_module "$needed"
    done
    echo "/modules/$1.ko" >>"$guest/modules/list"
}

# pack_guest OUTPUT COMMAND...: packs the initramfs with these commands, each a line of words with tabs between them.
pack_guest() {
    local output=$1
    shift
    printf '%s\n' "$@" >"$guest/commands"
    tool cpio
    (cd "$guest" && find . | "${tool[@]}" --quiet -o -H newc) >"$output"
}
