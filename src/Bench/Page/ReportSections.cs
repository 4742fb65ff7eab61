using CopyMc.Bench.Collapse;
using CopyMc.Bench.CollapseCost;
using CopyMc.Bench.Gc;
using CopyMc.Bench.Limits;
using CopyMc.Bench.Machine;
using CopyMc.Bench.MainJob;
using CopyMc.Bench.Recovery;
using CopyMc.Bench.Results;
using CopyMc.Bench.Salvage;
using CopyMc.Bench.Throughput;
using CopyMc.Bench.Throughput.Quick;
using CopyMc.Bench.Tracing;
using CopyMc.Bench.Watch;

namespace CopyMc.Bench.Page;

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
            case LimitsReport limits:
                yield return new LimitsSection(limits);
                break;
            case SalvageReport salvage:
                yield return new SalvageCostSection(salvage);
                break;
            case CollapseCostReport cost:
                yield return new CollapseCostSection(cost);
                break;
            case CollapseReport collapse:
                yield return new CollapseSection(collapse);
                break;
            case GcCostReport gc:
                yield return new GcCostSection(gc);
                break;
            case WatchReport watch:
                yield return new WatchSection(watch);
                break;
        }
        // Of bench gc it would throw together what that tells apart.
        if (result.Content is not GcCostReport && result.Content.Trace is { } trace)
            yield return new TraceSection(trace);
    }
}
