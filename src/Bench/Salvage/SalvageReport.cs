using CopyMc.Bench.Page;
using CopyMc.Bench.Results;
using CopyMc.Bench.Statistics;

namespace CopyMc.Bench.Salvage;

/// <summary>What <c>bench salvage</c> measured, as it is written with <c>--json</c>.</summary>
internal sealed record SalvageReport : Result
{
    /// <summary>How often all took turns.</summary>
    public required int Rounds { get; init; }
    public required PoisonSource Poison { get; init; }

    /// <summary>A copy of 2 MiB that meets nothing.</summary>
    public required Quartiles CleanCopyMicroseconds { get; init; }

    /// <summary>A load that raises SIGBUS, and a handler that steps over it.</summary>
    public required Quartiles FloorFaultMicroseconds { get; init; }
    public required IReadOnlyList<SalvageRow> Salvages { get; init; }

    internal override IEnumerable<IReportSection> Sections() => [new SalvageCostSection(this)];
}
