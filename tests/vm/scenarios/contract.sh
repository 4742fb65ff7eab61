# Tests every promise with NativeAOT and with the JIT; long ones that do not depend on this, with NativeAOT only.
# The reasons for which a promise may be skipped in a guest. One that is skipped for another reason has failed.
case $architecture in
    x86-64) absent=("AVX-512" "NEON" "only arm64 ignores a tag") ;;
    arm64) absent=("SSE2" "AVX2" "AVX-512") ;;
esac
# Situations around MADV_COLLAPSE that are recorded only for other kernels, or need swap.
absent+=("recorded on " "swap area")
chosen=${filter:+	--filter	$filter}$(printf '\t--may-skip\t%s' "${absent[@]}")
commands=("/aot/CopyMc.Guest$chosen" "/jit/CopyMc.Guest$chosen	--without	PoisonDuringCopies	--without	CollapseAgreement")
