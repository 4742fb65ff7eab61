using System.Collections.Immutable;
using CopyMc.Simulation;

namespace CopyMc.Contract.Agreement;

/// <summary>What came of a state on the simulated machine, in the words of <see cref="ProbeReport"/>.</summary>
/// <param name="Outcome">The outcome that is compared. Its results are those of the simulated tracepoints.</param>
/// <param name="RangesBefore">Which 2 MiB ranges a PMD mapped before the call.</param>
/// <param name="EntriesBefore">The page table entries before the call.</param>
/// <param name="EntriesAfter">The page table entries after it.</param>
/// <param name="Violations">What does not hold of the machine afterwards, in words.</param>
internal sealed record ModelReport(
    CollapseOutcome Outcome, string RangesBefore, ImmutableArray<Pte> EntriesBefore, ImmutableArray<Pte> EntriesAfter,
    IReadOnlyList<string> Violations)
{
    /// <summary>The page table before the call, in the words of <see cref="CollapseExpectation.Table"/>.</summary>
    internal string TableBefore => ProbeWord.Runs(EntriesBefore.Select(KindOf));

    /// <summary>The page table after the call.</summary>
    internal string TableAfter => ProbeWord.Runs(EntriesAfter.Select(KindOf));

    private static EntryKind KindOf(Pte pte) => pte.IsPresent ? EntryKind.Present : pte.IsNone ? EntryKind.None : EntryKind.Swap;
}
