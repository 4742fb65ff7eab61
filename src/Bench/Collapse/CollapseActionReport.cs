using CopyMc.Bench.Collapse.Scenarios;

namespace CopyMc.Bench.Collapse;

/// <summary>One collapse of a scenario.</summary>
/// <param name="By">Who collapsed.</param>
/// <param name="Process">The process's number.</param>
/// <param name="Region">The region's number.</param>
/// <param name="Ranges">The 2 MiB ranges of the region that were looked at.</param>
/// <param name="Result">The result of the last range that failed; SUCCEED if none did.</param>
/// <param name="Errno">The name of the errno of madvise(2), 0 if it succeeded; null: khugepaged collapsed.</param>
/// <param name="Between">What happened between the steps.</param>
/// <param name="Before">The state before the collapse.</param>
/// <param name="After">The state after it.</param>
/// <param name="Content">The content after it, compared with the content before.</param>
/// <param name="Violations">What was wrong with the machine before, between or after the steps. Anything here is a bug.</param>
internal sealed record CollapseActionReport(
    CollapseMeans By, int Process, int Region, IReadOnlyList<RangeReport> Ranges, string Result, string? Errno,
    IReadOnlyList<InterleavedReport> Between, RegionState Before, RegionState After, ContentReport Content, IReadOnlyList<string> Violations);
