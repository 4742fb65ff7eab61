using CopyMc.Bench.Page;
using CopyMc.Bench.Report;
using CopyMc.Bench.Results;
using CopyMc.Bench.Throughput;

namespace CopyMc.Bench.Throughput.Quick;

/// <summary>What <c>bench quick</c> measured, as it is written with <c>--json</c>.</summary>
internal sealed record QuickReport : Result
{
    public required ThroughputReport Throughput { get; init; }

    internal override IEnumerable<IReportSection> Sections() => [new ThroughputSection("Throughput", Throughput, "throughput", Machine)];

    internal override IEnumerable<Timing> Timings() => Timing.Of(Throughput);
}
