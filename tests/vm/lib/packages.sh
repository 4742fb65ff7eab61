# What Debian has for the rig: QEMU and the two tools an initramfs is made with, a kernel, the C library. Downloaded through an apt of its
# own beside the machine's: the same archives plus one suite, its own lists and cache. The machine's own configuration is not touched.

cache=${XDG_CACHE_HOME:-${HOME:-}/.cache}/copymc-vm
distribution=$(. /etc/os-release && echo "${VERSION_CODENAME:-}")
# Newer kernels and QEMU than the distribution's own: its QEMU crashed some guests.
suite=${COPYMC_VM_SUITE:-$distribution-backports}

# What must be there already, each by its name.
require_tools() {
    local name
    [ -n "${HOME:-}" ] || fail "HOME is not set: there is no place for the cache, nor for NuGet's"
    for name in apt-get apt-cache dpkg-deb dotnet; do
        command -v $name >/dev/null || fail "there is no $name"
    done
    command -v "$(guest_compiler)" >/dev/null || fail "there is no C compiler for $architecture ($(guest_compiler))"
}

prepare_apt() {
    local host
    host=$(dpkg --print-architecture)
    apt_root=$cache/apt-$suite
    mkdir -p "$apt_root"/{sources.d,state/lists/partial,archives/partial}
    : >"$apt_root/status"
    # The archive's address is whatever this machine uses.
    apt-get indextargets --format '$(REPO_URI) $(RELEASE)' 'Created-By: Packages' | sort -u |
        awk -v own="$distribution" -v added="$suite" '$2 == own { print "deb", $1, own, "main"; print "deb", $1, added, "main" }' >"$apt_root/sources.list"
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
    # From here on every apt is this one.
    export APT_CONFIG=$apt_root/apt.conf
    # Versions leave the archive: lists older than a day may name some that are gone.
    if [ -z "$(find "$apt_root/updated" -mtime 0 2>/dev/null)" ]; then
        echo "reading the package lists of $suite"
        attend apt-get -q -q update || fail "apt cannot read the package lists of $suite"
        touch "$apt_root/updated"
    fi
}

# unpack DIRECTORY DEB...: all of them into one directory, which appears only when it is whole.
unpack() {
    local directory=$1 part=$1.part deb
    shift
    rm -rf "$part" && mkdir -p "$part"
    for deb in "$@"; do
        dpkg-deb -x "$deb" "$part"
    done
    mv "$part" "$directory"
}

# newest PACKAGE: its newest version in the suite.
newest() { apt-cache show "$1/$suite" 2>/dev/null | sed -n 's/^Version: //p' | head -1; }

# fetch_emulator PACKAGE: QEMU and the tools, with every library they need, so that it does not matter what this machine has installed.
fetch_emulator() {
    local package=$1 version names
    version=$(newest "$package")
    [ -n "$version" ] || fail "no QEMU: $suite has no package $package"
    tools=$cache/$package-${version#*:} # a colon would part the paths of --library-path
    [ -d "$tools" ] && return
    echo "fetching $package $version"
    rm -f "$apt_root"/archives/*.deb
    attend apt-get -q -q -y -t "$suite" --no-install-recommends --download-only install "$package" cpio xz-utils >/dev/null || fail "no QEMU: $package cannot be downloaded"
    unpack "$tools" "$apt_root"/archives/*.deb
    rm -f "$apt_root"/archives/*.deb
}

# tool NAME: sets the array "tool" to the command line of one of the fetched programs, with the libraries fetched beside it.
tool() {
    local libraries
    libraries=$(echo "$tools"/lib/*-linux-gnu):$(echo "$tools"/usr/lib/*-linux-gnu)
    tool=(env QEMU_MODULE_DIR="$(echo "$tools"/usr/lib/*-linux-gnu/qemu)" "$(ls "$tools"/lib/*-linux-gnu/ld-linux-*)" --library-path "$libraries"
        "$(find "$tools/bin" "$tools/usr/bin" -name "$1")")
}

# download DIRECTORY PACKAGE...: the packages' files, into it.
download() {
    local directory=$1
    shift
    rm -rf "$directory" && mkdir -p "$directory"
    attend env -C "$directory" apt-get -q -q download "$@" >/dev/null
}

# fetch_kernel ARCHITECTURE: the cloud kernel, which is small.
fetch_kernel() {
    local architecture=$1 package
    package=$(apt-cache show "linux-image-cloud-$architecture:$architecture/$suite" 2>/dev/null | sed -n 's/^Depends: \(linux-image-[^ ]*\).*/\1/p' | head -1)
    [ -n "$package" ] || fail "no kernel package: $suite has no linux-image-cloud-$architecture"
    kernel=$cache/$package
    [ -d "$kernel" ] && return
    echo "fetching $package"
    download "$cache/debs-$architecture" "$package:$architecture/$suite" || fail "no kernel package: $package cannot be downloaded"
    unpack "$kernel" "$cache/debs-$architecture"/*.deb
    rm -rf "$cache/debs-$architecture"
}

# fetch_libraries ARCHITECTURE: what a .NET program loads, and a shell for --shell.
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
