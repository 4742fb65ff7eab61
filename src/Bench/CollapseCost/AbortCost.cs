using CopyMc.Bench.Statistics;

namespace CopyMc.Bench.CollapseCost;

/// <summary>What a collapse that meets poison costs.</summary>
/// <param name="PoisonedPage">Which of the 512 pages is bad.</param>
/// <param name="Microseconds">Microseconds of the whole attempt, including the undo.</param>
/// <param name="BeyondPrefixToCommit">What it costs beyond the raw copy of the pages before the poison, divided by a commit's time.</param>
internal sealed record AbortCost(int PoisonedPage, Quartiles Microseconds, Quartiles BeyondPrefixToCommit);
