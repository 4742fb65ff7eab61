namespace CopyMc;

/// <summary>Drops pages, so that the next access gets fresh ones (<c>MADV_DONTNEED</c>); locked pages too from Linux 5.18 on.</summary>
internal static unsafe class PageDropper
{
    internal static bool Drop(byte* start, nuint length) =>
        Libc.Advise(start, length, Libc.MadvDontNeedLocked) == 0 || Libc.Advise(start, length, Libc.MadvDontNeed) == 0;
}
