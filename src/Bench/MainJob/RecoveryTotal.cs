using CopyMc.Bench.Statistics;

namespace CopyMc.Bench.MainJob;

/// <summary>All copies of the input with poison in one place of each region.</summary>
internal sealed record RecoveryTotal(
    PoisonState PoisonState, PoisonPosition Position, int Regions, long BytesCopied, long BytesNotCopied, double MedianCopyMicroseconds,
    double MaxCopyMicroseconds, int ChecksHeld, int ChecksFailed)
{
    internal static IReadOnlyList<RecoveryTotal> Of(IEnumerable<RecoveryCase> cases) =>
    [
        .. cases.GroupBy(one => (one.PoisonState, one.Position)).Select(group =>
        {
            ILookup<bool, string> checks = group.SelectMany(one => one.Checks).ToLookup(check => check.Held, check => check.Name);
            return new RecoveryTotal(
                group.Key.PoisonState, group.Key.Position, group.Count(), group.Sum(one => one.BytesCopied), group.Sum(one => one.BytesNotCopied),
                Quartiles.Of([.. group.Select(one => one.CopyMicroseconds)]).Median, group.Max(one => one.CopyMicroseconds), checks[true].Count(), checks[false].Count());
        }),
    ];
}
