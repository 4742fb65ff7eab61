using CopyMc.Collapse;

namespace CopyMc.Native;

/// <summary>A khugepaged of a machine, and the ranges of its present scan.</summary>
internal sealed class Daemon
{
    internal Daemon(Machine machine, int pagesToScan, CollapseLimits limits, Observer? observer)
    {
        Machine = machine;
        Scanner = new Khugepaged(machine.Simulated, new KhugepagedOptions
        {
            PagesToScan = pagesToScan,
            Limits = limits,
            BeforeStep = observer is null ? null : observer.BeforeStep,
            AfterRange = (space, range) => Ranges.Add(CollapsedRange.Of(machine.Simulated, space, range)),
        });
    }

    internal Machine Machine { get; }

    internal Khugepaged Scanner { get; }

    internal List<CollapsedRange> Ranges { get; } = [];
}
