# The states of MADV_COLLAPSE that the kernel is brought into, and the model: how many agree, how many do not, how many cannot be set up. A machine
# large enough for all of them.
commands=("/aot/CopyMc.Guest	--filter	CollapseAgreement: The model${filter:+	--filter	$filter}	--may-skip	 ")
options=(-m 5G)
report() {
    awk -v kernel="${kernel##*/linux-image-}" '
        /^passed CollapseAgreement: / { agree++ }
        /^FAILED CollapseAgreement: / { disagree++ }
        /^skipped CollapseAgreement: / { if (/the model says|modelled after/) known++; else absent++ }
        END { printf "%s: the model agrees in %d states, disagrees in %d, differs for a reason that is known in %d; %d cannot be set up\n", kernel, agree, disagree, known, absent }
    ' "$log"
}
