# Downloads the packages of the rig: QEMU, the two tools that make an initramfs, a kernel, the C library. Uses its own apt configuration, with
# the machine's archives, one or two suites more, and its own lists and cache. The configuration of the machine is not changed.

cache=${XDG_CACHE_HOME:-${HOME:-}/.cache}/copymc-vm
distribution=$(. /etc/os-release && echo "${VERSION_CODENAME:-}")
# Backports, because the QEMU of the distribution itself crashed some guests.
suite=${COPYMC_VM_SUITE:-$distribution-backports}

# choose_suite: sets "kernel_suite", the suite of the kernel of --kernel, and "flavour". 6.1 is in the distribution itself; its cloud kernel has
# no X86_MCE. The backports of the next release keep every kernel since 6.16.
choose_suite() {
    flavour=cloud-
    case $kernel_version in
        "" | 6.12 | 6.12.*) kernel_suite=$suite ;;
        6.1 | 6.1.*) kernel_suite=$distribution flavour= ;;
        *) kernel_suite=trixie-backports ;;
    esac
}

# Fails if a program is missing that the rig does not download.
require_tools() {
    local name
    [ -n "${HOME:-}" ] || fail "HOME is not set, and the caches of the rig and of NuGet are there"
    for name in apt-get apt-cache dpkg-deb dotnet; do
        command -v $name >/dev/null || fail "$name is missing"
    done
    command -v "$(guest_compiler)" >/dev/null || fail "the C compiler for $architecture is missing ($(guest_compiler))"
}

prepare_apt() {
    local host
    host=$(dpkg --print-architecture)
    choose_suite
    apt_root=$cache/apt-$(printf '%s\n' "$suite" "$kernel_suite" | sort -u | paste -s -d +)
    mkdir -p "$apt_root"/{sources.d,state/lists/partial,archives/partial}
    : >"$apt_root/status"
    # Uses the archive addresses of this machine, which it has only once it has read the package lists.
    [ -n "$(apt-get indextargets 'Created-By: Packages')" ] || attend apt-get -q -q update || fail "apt cannot read its package lists"
    apt-get indextargets --format '$(REPO_URI) $(RELEASE)' 'Created-By: Packages' | sort -u |
        awk -v own="$distribution" -v added="$suite $kernel_suite" '
            $2 == own { print "deb", $1, own, "main"; for (i = split(added, suites, " "); i; i--) print "deb", $1, suites[i], "main" }
        ' | sort -u >"$apt_root/sources.list"
    [ -s "$apt_root/sources.list" ] || fail "apt has no source for '$distribution' to derive one for '$suite' from"
    cat >"$apt_root/apt.conf" <<CONF
APT::Architecture "$host";
APT::Architectures { "amd64"; "arm64"; };
Dir::Etc::SourceList "$apt_root/sources.list";
Dir::Etc::SourceParts "$apt_root/sources.d";
Dir::State "$apt_root/state";
Dir::State::Status "$apt_root/status";
Dir::Cache "$apt_root";
Acquire::Languages "none";
Acquire::IndexTargets::deb::DEP-11::DefaultEnabled "false";
APT::Sandbox::User "$(id -un)";
CONF
    # From here on all apt commands use this configuration.
    export APT_CONFIG=$apt_root/apt.conf
    # The archive drops old versions, so lists older than a day may name files that are gone.
    if [ -z "$(find "$apt_root/updated" -mtime 0 2>/dev/null)" ]; then
        echo "reading the package lists of ${apt_root##*/apt-}"
        attend apt-get -q -q update || fail "apt cannot read the package lists of ${apt_root##*/apt-}"
        touch "$apt_root/updated"
    fi
}

# unpack DIRECTORY DEB...: unpacks all of them into one directory, which is renamed when it is complete.
unpack() {
    local directory=$1 part=$1.part deb
    shift
    rm -rf "$part" && mkdir -p "$part"
    for deb in "$@"; do
        dpkg-deb -x "$deb" "$part"
    done
    mv "$part" "$directory"
}

# newest PACKAGE: prints its newest version in the suite.
newest() { apt-cache show "$1/$suite" 2>/dev/null | sed -n 's/^Version: //p' | head -1; }

# fetch_emulator PACKAGE: downloads QEMU and the tools with all their libraries, so that they do not depend on this machine's packages.
fetch_emulator() {
    local package=$1 version names
    version=$(newest "$package")
    [ -n "$version" ] || fail "no QEMU: $suite has no package $package"
    tools=$cache/$package-${version#*:} # without the epoch: a colon separates the paths of --library-path
    [ -d "$tools" ] && return
    echo "fetching $package $version"
    rm -f "$apt_root"/archives/*.deb
    attend apt-get -q -q -y -t "$suite" --no-install-recommends --download-only install "$package" cpio xz-utils >/dev/null || fail "no QEMU: $package cannot be downloaded"
    unpack "$tools" "$apt_root"/archives/*.deb
    rm -f "$apt_root"/archives/*.deb
}

# tool NAME: sets the array "tool" to the command line of a downloaded program with its downloaded libraries.
tool() {
    local libraries
    libraries=$(echo "$tools"/lib/*-linux-gnu):$(echo "$tools"/usr/lib/*-linux-gnu)
    tool=(env QEMU_MODULE_DIR="$(echo "$tools"/usr/lib/*-linux-gnu/qemu)" "$(ls "$tools"/lib/*-linux-gnu/ld-linux-*)" --library-path "$libraries"
        "$(find "$tools/bin" "$tools/usr/bin" -name "$1")")
}

# download DIRECTORY PACKAGE...: downloads the files of the packages into it.
download() {
    local directory=$1
    shift
    rm -rf "$directory" && mkdir -p "$directory"
    attend env -C "$directory" apt-get -q -q download "$@" >/dev/null
}

# find_kernel ARCHITECTURE: sets "package" to the newest kernel of the suite, or of the version of --kernel. Newer packages contain nothing, but
# depend on the kernel and its modules.
find_kernel() {
    local architecture=$1
    if [ -z "$kernel_version" ]; then
        package=$(apt-cache show "linux-image-cloud-$architecture:$architecture/$suite" 2>/dev/null | sed -n 's/.*\<\(linux-image-[0-9][^ ,]*\).*/\1/p' | head -1)
        [ -n "$package" ] || fail "no kernel package: $suite has no linux-image-cloud-$architecture"
    else
        package=$(apt-cache --names-only search "^linux-image-${kernel_version//./\\.}([-.+][-.+0-9deb]*)?-$flavour$architecture\$" 2>/dev/null |
            awk '{ print $1 }' | sort -V | tail -1)
        [ -n "$package" ] || fail "no kernel package: $kernel_suite has no linux-image-$kernel_version for $architecture; it has $(kernels_of "$architecture")"
    fi
}

# kernels_of ARCHITECTURE: prints the versions in the suite that --kernel accepts.
kernels_of() {
    apt-cache --names-only search "^linux-image-[0-9][-.+0-9deb]*-$flavour$1\$" 2>/dev/null | sed -E 's/linux-image-([0-9]+\.[0-9]+).*/\1/' | sort -V -u | paste -s -d ' '
}

# fetch_kernel ARCHITECTURE: downloads the kernel, a cloud kernel if possible, because it is small.
fetch_kernel() {
    local architecture=$1 package name names=()
    find_kernel "$architecture"
    kernel=$cache/$package
    [ -d "$kernel" ] && return
    echo "fetching $package"
    for name in "$package" "${package/image/binary}" "${package/image/modules}"; do
        [ -z "$(apt-cache show "$name:$architecture" 2>/dev/null)" ] || names+=("$name:$architecture")
    done
    download "$cache/debs-$architecture" "${names[@]}" || fail "no kernel package: $package cannot be downloaded"
    unpack "$kernel" "$cache/debs-$architecture"/*.deb
    rm -rf "$cache/debs-$architecture"
}

# fetch_libraries ARCHITECTURE: downloads the libraries of a .NET program, and a shell for --shell.
fetch_libraries() {
    local architecture=$1 version
    version=$(apt-cache show "libc6:$architecture/$distribution" | sed -n 's/^Version: //p' | head -1)
    libraries=$cache/libraries-$architecture-$version
    [ -d "$libraries" ] && return
    echo "fetching libraries for $architecture"
    download "$cache/debs-$architecture" {libc6,libgcc-s1,libstdc++6,busybox-static}:"$architecture" || fail "the C library for $architecture cannot be downloaded"
    unpack "$libraries" "$cache/debs-$architecture"/*.deb
    rm -rf "$cache/debs-$architecture"
}
