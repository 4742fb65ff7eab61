# panic_in_copy COLLAPSER TASK MEMORY: a machine check in the kernel's own copy of a collapse, on a kernel before 6.4: the kernel must panic, and its
# log must say that the copy was struck, in that task. One boot each: none survives it. What nothing strikes must collapse before.
panic_in_copy() {
    architectures=x86-64
    commands=("/aot/CopyMc.Guest	--collapses	--filter	: $1 collapses $3" "/aot/CopyMc.Guest	--collapses	--filter	page 256 by $1 of $3")
    . "$vm/lib/injector.sh"
    panic=("Machine Check Exception: .* Bank 9: bd80000000000134" "Hardware Error.*RIP.*copy_page" "Kernel panic - not syncing: Fatal .*machine check" "Comm: $2 ")
}
