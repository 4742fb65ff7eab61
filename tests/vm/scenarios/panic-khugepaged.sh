architectures=x86-64
. "$vm/lib/panic.sh"
panic_in_copy "khugepaged" "khugepaged" "anonymous memory"
