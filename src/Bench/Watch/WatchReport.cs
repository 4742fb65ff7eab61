using CopyMc.Bench.Page;
using CopyMc.Bench.Results;

namespace CopyMc.Bench.Watch;

/// <summary>What <c>watch</c> saw, as it is written with <c>--json</c>.</summary>
internal sealed record WatchReport : Result
{
    public required int ProcessId { get; init; }
    public required string ProcessName { get; init; }

    /// <summary>How often the figures were read.</summary>
    public required double IntervalSeconds { get; init; }
    public required IReadOnlyList<WatchReading> Readings { get; init; }

    /// <summary>The first that signals stopped; there may have been more.</summary>
    public required IReadOnlyList<WatchedFault> Faults { get; init; }

    /// <summary>All that signals stopped while it was watched.</summary>
    public required long FaultCount { get; init; }

    /// <summary>Where a dump was written; null: none was asked for, or nothing was hit.</summary>
    public required string? Dump { get; init; }

    /// <summary>Whether the process ended while it was watched.</summary>
    public required bool ProcessEnded { get; init; }

    /// <summary>Whether it did not answer in the end, so that what it did last is not known.</summary>
    public bool ProcessFellSilent { get; init; }

    internal override IEnumerable<IReportSection> Sections() => [new WatchSection(this)];
}
