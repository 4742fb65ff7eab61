architectures=x86-64
. "$vm/lib/panic.sh"
panic_in_copy "MADV_COLLAPSE" "CopyMc.Guest" "shmem"
