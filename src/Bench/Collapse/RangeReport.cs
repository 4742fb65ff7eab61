using CopyMc.Collapse;

namespace CopyMc.Bench.Collapse;

/// <summary>One 2 MiB range that was looked at.</summary>
internal sealed record RangeReport
{
    /// <summary>As in 0x40000000.</summary>
    public required string Address { get; init; }

    /// <summary>The kernel's name of it.</summary>
    public required string Result { get; init; }

    /// <summary>In their order.</summary>
    public required IReadOnlyList<CollapseStep> Steps { get; init; }

    /// <summary>What took the steps back, in its order.</summary>
    public required IReadOnlyList<string> Undo { get; init; }

    public required int CopiedPages { get; init; }
}
