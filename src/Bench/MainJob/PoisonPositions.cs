namespace CopyMc.Bench.MainJob;

internal static class PoisonPositions
{
    internal static readonly PoisonPosition[] Poisoned = [PoisonPosition.FirstLine, PoisonPosition.MiddleLine, PoisonPosition.LastLine];

    internal static string Name(this PoisonPosition position) => position switch
    {
        PoisonPosition.FirstLine => "first",
        PoisonPosition.MiddleLine => "middle",
        _ => "last",
    };

    /// <summary>Bytes from the start of a region to the line.</summary>
    internal static nuint OffsetIn(this PoisonPosition position, nuint regionBytes)
    {
        const nuint Line = PoisonMap.LineSize, Page = NativeRegion.PageSize;
        nuint lastLine = (regionBytes - 1) & ~(Line - 1);
        return position switch
        {
            PoisonPosition.MiddleLine when lastLine > 2 * Page => (regionBytes / 2 & ~(Page - 1)) + Page / 2,
            PoisonPosition.MiddleLine => lastLine / 2 & ~(Line - 1),
            PoisonPosition.LastLine => lastLine,
            _ => 0,
        };
    }
}
