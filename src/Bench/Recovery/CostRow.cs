using CopyMc.Bench.MainJob;
using CopyMc.Bench.Statistics;

namespace CopyMc.Bench.Recovery;

/// <summary>What surviving poison of one kind in one place costs one method.</summary>
/// <param name="Method">The method.</param>
/// <param name="Role">What it is measured for.</param>
/// <param name="Kernel">The engine's kernel; null for the floor and for peers.</param>
/// <param name="Source">The source of the poison.</param>
/// <param name="Position">Which line of the copy is poisoned; all sources but Bitmap poison its whole page.</param>
/// <param name="Pages">The pages asked for. Poison in a transparent huge page splits it.</param>
/// <param name="Threads">Threads that met poison at the same time, each in memory of its own.</param>
/// <param name="CopyBytes">Bytes of the copy.</param>
/// <param name="PrefixBytes">Bytes before the poison, which are to be copied.</param>
/// <param name="Samples">Copies that were timed.</param>
/// <param name="PrefixMedianNanoseconds">The median time of a copy of the prefix alone.</param>
/// <param name="WholeCallNanoseconds">From the call to its return.</param>
/// <param name="RecoveryNanoseconds">The whole call less the median time of the prefix in the same round.</param>
/// <param name="RatioToFloor">Recovery divided by the floor of the same source, pages and threads, by the medians of each round; null where there is no floor.</param>
/// <param name="Histogram">RecoveryNanoseconds, for a plot.</param>
/// <param name="NotCopiedBytes">Bytes that the method reported as not copied.</param>
/// <param name="WrongBytes">Bytes that the method reported as copied and that differ from the source.</param>
/// <param name="Exact">Whether it copied the prefix, reported so, and wrote nothing after it.</param>
internal sealed record CostRow(
    string Method, CostRole Role, string? Kernel, PoisonSource Source, PoisonPosition Position, PageKind Pages, int Threads, long CopyBytes, long PrefixBytes,
    long Samples, double PrefixMedianNanoseconds, Latencies WholeCallNanoseconds, Latencies RecoveryNanoseconds, Quartiles? RatioToFloor,
    IReadOnlyList<LatencyBucket> Histogram, long NotCopiedBytes, long WrongBytes, bool Exact)
{
    /// <summary>The method as tables name it.</summary>
    internal string ShownName => Role == CostRole.Engine ? $"engine ({Kernel})" : Method;
}
