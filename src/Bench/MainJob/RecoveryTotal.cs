using CopyMc.Bench.Statistics;

namespace CopyMc.Bench.MainJob;

/// <summary>All copies of the input with poison in one place of each region.</summary>
internal sealed record RecoveryTotal
{
    public required PoisonState PoisonState { get; init; }
    public required PoisonPosition Position { get; init; }
    public required int Regions { get; init; }
    public required long BytesCopied { get; init; }
    public required long BytesNotCopied { get; init; }
    public required double MedianCopyMicroseconds { get; init; }
    public required double MaxCopyMicroseconds { get; init; }
    public required int ChecksHeld { get; init; }
    public required int ChecksFailed { get; init; }

    internal static IReadOnlyList<RecoveryTotal> Of(IEnumerable<RecoveryCase> cases) =>
    [
        .. cases.GroupBy(one => (one.PoisonState, one.Position)).Select(group =>
        {
            int failed = group.Sum(one => one.Checks.Count(check => !check.Held));
            return new RecoveryTotal
            {
                PoisonState = group.Key.PoisonState,
                Position = group.Key.Position,
                Regions = group.Count(),
                BytesCopied = group.Sum(one => one.BytesCopied),
                BytesNotCopied = group.Sum(one => one.BytesNotCopied),
                MedianCopyMicroseconds = Quartiles.Of([.. group.Select(one => one.CopyMicroseconds)]).Median,
                MaxCopyMicroseconds = group.Max(one => one.CopyMicroseconds),
                ChecksHeld = group.Sum(one => one.Checks.Count()) - failed,
                ChecksFailed = failed,
            };
        }),
    ];
}
