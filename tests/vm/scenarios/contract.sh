# Every promise there is, by both forms of the program.
commands=("/aot/CopyMc.Guest${filter:+	--filter	$filter}" "/jit/CopyMc.Guest${filter:+	--filter	$filter}")
