namespace CopyMc;

/// <summary>Drops pages so that the next touch brings fresh ones; locked pages too, where the kernel can (Linux 5.18).</summary>
internal static unsafe class PageDropper
{
    internal static bool Drop(byte* start, nuint length) =>
        Libc.Advise(start, length, Libc.MadvDontNeedLocked) == 0 || Libc.Advise(start, length, Libc.MadvDontNeed) == 0;
}
