using CopyMc.Bench.Statistics;

namespace CopyMc.Bench.Salvage;

/// <summary>What one salvage of 2 MiB costs.</summary>
internal sealed record SalvageRow
{
    public required int BadPages { get; init; }
    public required SalvageLayout Layout { get; init; }
    public required Quartiles Microseconds { get; init; }
    public required Quartiles MicrosecondsWithoutLookAhead { get; init; }

    /// <summary>To a clean copy and one floor fault for each bad page, taken within each round.</summary>
    public required Quartiles RatioToFloor { get; init; }
    public required Quartiles RatioToFloorWithoutLookAhead { get; init; }

    /// <summary>Whether every byte was right, either way.</summary>
    public required bool Exact { get; init; }
}
