using CopyMc.Bench.Measuring;
using CopyMc.Bench.Statistics;

namespace CopyMc.Bench.Throughput;

/// <summary>The results of all copy methods at one measurement point.</summary>
/// <param name="Name">The name of the point.</param>
/// <param name="CopyBytes">Bytes of one copy.</param>
/// <param name="Temperature">Where the data is when a copy starts.</param>
/// <param name="WorkingSetBytesPerBuffer">Bytes of each buffer that the copies go over.</param>
/// <param name="Pages">The pages of both buffers.</param>
/// <param name="Hint">What the engine is told about the destination.</param>
/// <param name="EveryCopyComplete">Whether every timed copy was complete.</param>
/// <param name="Methods">The contenders.</param>
/// <param name="Mixture">How the lengths of the copies vary; then their bytes are the mean. Null if all have the same.</param>
/// <param name="Roofline">How near the first method comes to the roofline; null where no raw copy was measured.</param>
internal sealed record PointResult(
    string Name, long CopyBytes, Temperature Temperature, long WorkingSetBytesPerBuffer, PageKind Pages, CopyHint Hint, bool EveryCopyComplete,
    IReadOnlyList<MethodResult> Methods, SizeMixture? Mixture = null, Roofline? Roofline = null)
{
    /// <summary>Combines the rounds of all processes.</summary>
    /// <param name="processes">The same contenders at the same point in each.</param>
    /// <param name="baseline">The method that the others are compared with, round by round.</param>
    internal static PointResult Of(IReadOnlyList<PointSamples> processes, string baseline)
    {
        PointSamples first = processes[0];
        MeasurementPoint point = first.Point;
        double[] Rounds(string method) => [.. processes.SelectMany(process => process.NanosecondsOf(method))];
        MethodResult[] methods =
        [
            .. first.Methods.Select((method, i) => MethodResult.From(
                method.Name, point.CopyBytes, Rounds(method.Name), Rounds(baseline), processes.All(process => process.Methods[i].CopiedExactly)) with
            {
                ProcessNanosecondsPerCopy = processes.Count == 1
                    ? null
                    : [.. processes.Select(process => Quartiles.Of(process.NanosecondsOf(method.Name)).Median)],
            }),
        ];
        return new PointResult(
            point.Name, point.CopyBytes, point.Temperature, first.WorkingSetBytesPerBuffer, point.Pages, point.Hint,
            processes.All(process => process.EveryCopyComplete), methods, point.Mixture,
            Roofline.Of([.. first.Methods.Select(method => method.Name)], [.. first.Methods.Select(method => Rounds(method.Name))]));
    }

    /// <summary>The index of a method; -1 if it was not measured here.</summary>
    internal int IndexOf(string name) => Methods.Select(method => method.Name).ToList().IndexOf(name);
}
