using CopyMc.Bench.Page;
using CopyMc.Bench.Results;

namespace CopyMc.Bench.Probe;

/// <summary>What <c>probe</c> found, as it is written with <c>--json</c>.</summary>
internal sealed record ProbeReport : Result
{
    internal override IEnumerable<IReportSection> Sections() => [];
}
