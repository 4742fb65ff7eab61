# Options for a guest with a program beside it, which raises machine checks on request, at a given load. The CPU model is one on which the kernel
# recovers from them.
options=(-cpu "max,vendor=GenuineIntel,family=6,model=85,stepping=7"
    -chardev "socket,id=control,path=$work/control,server=on,wait=on" -serial chardev:control
    -monitor "unix:$work/monitor,server=on,wait=off" -gdb "unix:$work/debugger,server=on,wait=off")
beside=(dotnet "$work/injector/CopyMc.Injector.dll" "$work")
