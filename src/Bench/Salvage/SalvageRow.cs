using CopyMc.Bench.Statistics;

namespace CopyMc.Bench.Salvage;

/// <summary>What one salvage of 2 MiB costs.</summary>
/// <param name="BadPages">How many pages are bad.</param>
/// <param name="Layout">Where they are.</param>
/// <param name="Microseconds">The time of a salvage.</param>
/// <param name="MicrosecondsWithoutLookAhead">The time of a salvage without look-ahead.</param>
/// <param name="RatioToFloor">The time divided by the floor: the time of a clean copy plus one floor fault for each bad page, in the same round.</param>
/// <param name="RatioToFloorWithoutLookAhead">The same without look-ahead.</param>
/// <param name="Exact">Whether every byte was right, with look-ahead and without.</param>
internal sealed record SalvageRow(
    int BadPages, SalvageLayout Layout, Quartiles Microseconds, Quartiles MicrosecondsWithoutLookAhead, Quartiles RatioToFloor,
    Quartiles RatioToFloorWithoutLookAhead, bool Exact);
