using CopyMc.Bench.MainJob;
using CopyMc.Bench.Measuring;
using CopyMc.Bench.Recovery;
using CopyMc.Bench.Statistics;
using CopyMc.Bench.Terminal;
using CopyMc.Bench.Throughput;

namespace CopyMc.Bench.Report;

/// <summary>One row of a result that can be compared: a time.</summary>
/// <param name="Group">What all methods of the group have in common, measured at about the same time: a size, a position of the poison.</param>
/// <param name="Method">The method.</param>
/// <param name="Kind">The kind of method. Methods of one kind may differ between two processes in the same way, such as all compiled by the JIT.</param>
/// <param name="Nanoseconds">The median.</param>
/// <param name="RelativeError">The standard error of the median within the run, as a fraction of it.</param>
internal sealed record Timing(string Group, string Method, MethodKind Kind, double Nanoseconds, double RelativeError)
{
    /// <summary>The median in each process that measured it, in the same order in all rows of a run.</summary>
    internal IReadOnlyList<double> Processes { get; init; } = [Nanoseconds];

    /// <summary>The name of the compiled code, which several methods may share.</summary>
    internal string Code { get; init; } = Method;

    /// <summary>For the standard error of a median of a normal sample, which is 1.253 sigma / sqrt(n); the quartiles are 1.349 sigma apart.</summary>
    private const double ErrorOfMedian = 1.253 / 1.349;

    internal static IEnumerable<Timing> Of(ThroughputReport report) =>
        from point in report.Points
        from method in point.Methods
        select new Timing(point.Name, method.Name, KindOf(method.Name), method.NanosecondsPerCopy.Median, Error(method.NanosecondsPerCopy, report.Rounds))
        {
            Processes = method.ProcessNanosecondsPerCopy is { Count: > 0 } processes ? processes : [method.NanosecondsPerCopy.Median],
            Code = Contenders.CodeOf(method.Name),
        };

    internal static IEnumerable<Timing> Of(RecoveryCostReport report) =>
        from row in report.Costs
        where row.Exact
        select new Timing(
            $"recovery, {row.Source}, {row.Position.Name()}, {row.Pages}, {Units.Count(row.Threads, "thread")}",
            row.ShownName,
            row.Role == CostRole.Engine ? MethodKind.Native : MethodKind.Control,
            row.RecoveryNanoseconds.P50,
            row.RatioToFloor is { } ratio ? Error(ratio, report.Rounds) : 0);

    private static MethodKind KindOf(string method) =>
        Contenders.IsControl(method) ? MethodKind.Control
        : method.StartsWith("native-", StringComparison.Ordinal) || method.StartsWith("CopyEngine", StringComparison.Ordinal) ? MethodKind.Native
        : MethodKind.Managed;

    private static double Error(Quartiles quartiles, int rounds) => ErrorOfMedian * quartiles.RelativeSpread / Math.Sqrt(rounds);
}
