using CopyMc.Bench.Page;
using CopyMc.Bench.Report;
using CopyMc.Bench.Results;
using CopyMc.Bench.Throughput;

namespace CopyMc.Bench.MainJob;

/// <summary>What the main job found out, as it is written with <c>--json</c>.</summary>
internal sealed record MainJobReport : Result
{
    public required ThroughputReport Throughput { get; init; }
    public required RecoveryReport Recovery { get; init; }

    internal override IEnumerable<IReportSection> Sections() => [new ThroughputSection("Throughput", Throughput, "throughput", Machine), new RegionSection(Recovery)];

    internal override IEnumerable<Timing> Timings() => Timing.Of(Throughput);
}
