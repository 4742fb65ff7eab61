using CopyMc.Collapse;

namespace CopyMc.Bench.Collapse;

/// <summary>One 2 MiB range that was looked at.</summary>
/// <param name="Address">As in 0x40000000.</param>
/// <param name="Result">The kernel's name of it.</param>
/// <param name="Steps">In their order.</param>
/// <param name="Undo">What took the steps back, in its order.</param>
/// <param name="CopiedPages">Pages copied when it ended: 512 after a success.</param>
internal sealed record RangeReport(
    string Address, string Result, IReadOnlyList<CollapseStep> Steps, IReadOnlyList<string> Undo, int CopiedPages);
