# Every promise there is, by both forms of the program; what takes long and does not depend on the form, by one.
chosen=${filter:+	--filter	$filter}
commands=("/aot/CopyMc.Guest$chosen" "/jit/CopyMc.Guest$chosen	--without	PoisonUnderWay	--without	CollapseAgreement")
