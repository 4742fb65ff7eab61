# Every promise there is, by both forms of the program; what takes long and does not depend on the form, by one.
# What the guests are not made to have. For no other reason may a promise be skipped in them: one that needs more than is there is broken.
case $architecture in
    x86-64) absent=("AVX-512" "NEON") ;;
    arm64) absent=("SSE2" "AVX2" "AVX-512") ;;
esac
# Situations around MADV_COLLAPSE that are recorded for other kernels, or need swap.
absent+=("recorded on " "swap area")
chosen=${filter:+	--filter	$filter}$(printf '\t--may-skip\t%s' "${absent[@]}")
commands=("/aot/CopyMc.Guest$chosen" "/jit/CopyMc.Guest$chosen	--without	PoisonUnderWay	--without	CollapseAgreement")
