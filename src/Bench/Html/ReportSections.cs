using CopyMc.Bench.Output;
using CopyMc.Bench.RecoveryCost;

namespace CopyMc.Bench.Html;

/// <summary>Which parts a result has.</summary>
internal static class ReportSections
{
    internal static IEnumerable<IReportSection> Of(ResultInput result)
    {
        if (result.Content.Machine is { } machine)
            yield return new MachineSection(machine, result.Content.StartedAt);
        switch (result.Content)
        {
            case MainJobReport job:
                yield return new ThroughputSection("Throughput", job.Throughput, "throughput", job.Machine);
                yield return new RegionSection(job.Recovery);
                break;
            case QuickReport quick:
                yield return new ThroughputSection("Throughput", quick.Throughput, "throughput", quick.Machine);
                break;
            case RecoveryCostReport cost:
                yield return new RecoveryCostSection(cost);
                yield return new ThroughputSection("What each costs a copy that meets nothing", cost.WhenClean, "whenClean", cost.Machine);
                break;
        }
    }
}
