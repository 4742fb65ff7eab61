# panic_in_copy COLLAPSER TASK MEMORY: raises a machine check in the kernel's own copy of a collapse, on a kernel before 6.4. The kernel must
# panic, and its log must name copy_page and the task. Before that, the same memory must collapse without a machine check.
panic_in_copy() {
    commands=("/aot/CopyMc.Guest	--collapses	--filter	: $1 collapses $3" "/aot/CopyMc.Guest	--collapses	--filter	page 256 by $1 of $3")
    . "$vm/lib/injector.sh"
    # The last lines of the trace, which the panic prints, have the task. The last step before the copy depends on the memory.
    local step=mm_collapse_huge_page_isolate
    [ "$3" != shmem ] || step=hpage_collapse_scan_file
    arguments="ftrace_dump_on_oops trace_event=huge_memory:mm_collapse_huge_page_isolate kprobe_event=p:hpage_collapse_scan_file,hpage_collapse_scan_file"
    panic=("Machine Check Exception: .* Bank 9: bd80000000000134" "Hardware Error.*RIP.*copy_page" "Kernel panic - not syncing: Fatal .*machine check" " ${2:0:7}.*: $step: ")
}
