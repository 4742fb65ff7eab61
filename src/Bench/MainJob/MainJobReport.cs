using CopyMc.Bench.Documents;
using CopyMc.Bench.Report;
using CopyMc.Bench.Results;
using CopyMc.Bench.Throughput;

namespace CopyMc.Bench.MainJob;

/// <summary>The result of <c>copymc</c> without a command.</summary>
/// <param name="Throughput">The throughput.</param>
/// <param name="Recovery">The recovery on a real file.</param>
internal sealed record MainJobReport(ThroughputReport Throughput, RecoveryReport Recovery) : Result
{
    internal override void Write(Document document)
    {
        document.Section("Throughput");
        document.Within("throughput", () => ThroughputText.Write(document, Throughput, Machine));
        document.Section("Recovery on real input");
        document.Within("recovery", () => RecoveryText.Write(document, Recovery));
    }

    internal override IEnumerable<Timing> Timings() => Timing.Of(Throughput);
}
