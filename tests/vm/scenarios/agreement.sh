# The states of MADV_COLLAPSE that the kernel is brought into, and the model: how many agree, how many do not, how many cannot be set up.
commands=("/aot/CopyMc.Guest	--filter	CollapseAgreement${filter:+	--filter	$filter}	--may-skip	")
