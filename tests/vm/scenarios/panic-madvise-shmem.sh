. "$vm/lib/panic.sh"
panic_in_copy "MADV_COLLAPSE" "CopyMc.Guest" "shmem"
