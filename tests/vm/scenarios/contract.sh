# Every promise there is, by both forms of the program; what takes long and does not depend on the form, by one.
# What the guests are not made to have. For no other reason may a promise be skipped in them: one that needs more than is there is broken.
case $architecture in
    x86-64) absent=("AVX-512" "NEON") ;;
    arm64) absent=("SSE2" "AVX2" "AVX-512") ;;
esac
# States of MADV_COLLAPSE: of later kernels, and those that a machine of 2 GiB without a disk, swap or memory cgroups cannot be brought into.
absent+=("recorded on " "modelled after " "the model says " "MADV_GUARD_INSTALL" "a machine of 4096 MiB" "/var/tmp" "swap area" "memory cgroup")
chosen=${filter:+	--filter	$filter}$(printf '\t--may-skip\t%s' "${absent[@]}")
commands=("/aot/CopyMc.Guest$chosen" "/jit/CopyMc.Guest$chosen	--without	PoisonUnderWay	--without	CollapseAgreement")
