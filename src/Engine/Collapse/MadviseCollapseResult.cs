using CopyMc.Simulation;

namespace CopyMc.Collapse;

/// <summary>How a call of <see cref="MadviseCollapse"/> ended.</summary>
/// <param name="Error">The errno of the call.</param>
/// <param name="Ranges">
/// Each 2 MiB range that was scanned, in order, and its result. If an area may not have huge pages, its first address with
/// <see cref="CollapseResult.VmaCheck"/>.
/// </param>
public sealed record MadviseCollapseResult(Errno Error, IReadOnlyList<RangeResult> Ranges)
{
    /// <summary>The last failure; <see langword="null"/> if there was none.</summary>
    public CollapseResult? LastFailure
    {
        get
        {
            for (int i = Ranges.Count - 1; i >= 0; i--)
            {
                if (Ranges[i].Result is not (CollapseResult.Succeed or CollapseResult.PmdMapped))
                    return Ranges[i].Result;
            }
            return null;
        }
    }
}
