using CopyMc.Bench.Measuring;
using CopyMc.Bench.Throughput;

namespace CopyMc.Bench.Limits;

/// <summary>The engine against copies without checks, at points of <c>bench quick</c>: short copies, where checks cost the most, and long ones, where they must cost nothing.</summary>
internal static class UncheckedCopies
{
    private static readonly (string Point, double Want)[] s_againstBaseline =
        [("64 B in L1", 0.62), ("256 B in L1", 1), ("1 to 128 B", 1), ("1 to 512 B", 1.05), ("1 to 4096 B", 1.25)];

    private static readonly (string Point, double Want)[] s_againstRaw = [("1 KiB in L1", 0.95), ("64 KiB", 0.98), ("2 MiB hot, 4K pages", 0.98)];

    internal static IEnumerable<Limit> Measure(CopyEngine engine, MeasurementSettings settings, Action<double> progress)
    {
        using var buffers = new BufferPair(MeasurementPoint.HotBytes, PageKind.Small);
        var run = new InterleavedRun(settings);
        int all = s_againstBaseline.Length + s_againstRaw.Length;
        var limits = new List<Limit>();

        PointResult Result(string name)
        {
            MeasurementPoint point = MeasurementPoint.OfQuick(name);
            return PointResult.Of(
                [run.Measure(point, buffers, Contenders.Quick(point, engine), Contenders.Baseline, fraction => progress((limits.Count + fraction) / all))],
                Contenders.Baseline);
        }

        foreach ((string name, double want) in s_againstBaseline)
        {
            PointResult result = Result(name);
            MethodResult baseline = result.Methods[result.IndexOf(Contenders.Baseline)];
            limits.Add(Limit.AtLeast(
                $"{name}, against {Contenders.Baseline}", LimitUnit.Ratio, want, result.Methods[0].RatioToNativeMemoryCopy, Times(result, Contenders.Baseline, baseline.NanosecondsPerCopy.Median)));
        }
        foreach ((string name, double want) in s_againstRaw)
        {
            PointResult result = Result(name);
            Roofline raw = result.Roofline!;
            limits.Add(Limit.AtLeast(
                $"{name}, against the best raw copy", LimitUnit.Ratio, want, raw.Ratio, Times(result, raw.Name, raw.MedianNanosecondsPerCopy)));
        }
        return limits;

        static string Times(PointResult result, string name, double other) =>
            FormattableString.Invariant($"engine {result.Methods[0].NanosecondsPerCopy.Median:N1} ns, {name} {other:N1} ns");
    }
}
