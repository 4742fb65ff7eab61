using CopyMc.Bench.Measuring;
using CopyMc.Bench.Terminal;

namespace CopyMc.Bench.Throughput;

/// <summary>Measures a list of points, each with buffers of its kind of pages.</summary>
internal sealed class ThroughputRun(MeasurementSettings settings, IProgress<PhaseProgress> progress)
{
    /// <param name="points">The points, in the order of measurement.</param>
    /// <param name="contendersFor">The contenders of a point; the same names at all points of one hint.</param>
    internal ThroughputReport Run(IReadOnlyList<MeasurementPoint> points, Func<MeasurementPoint, IReadOnlyList<Contender>> contendersFor) =>
        ThroughputReport.Of(settings, [Sample(points, contendersFor)]);

    /// <inheritdoc cref="Run"/>
    internal PointSamples[] Sample(IReadOnlyList<MeasurementPoint> points, Func<MeasurementPoint, IReadOnlyList<Contender>> contendersFor)
    {
        var run = new InterleavedRun(settings);
        var pairs = new Dictionary<PageKind, BufferPair>();
        var results = new List<PointSamples>();
        try
        {
            progress.Report(new PhaseProgress("touching memory", 0));
            foreach (IGrouping<PageKind, MeasurementPoint> group in points.GroupBy(point => point.Pages))
                pairs[group.Key] = new BufferPair(group.Max(point => point.WorkingSetBytes(settings.PoolBytes)), group.Key);

            progress.Report(new PhaseProgress("warming up", 0));
            foreach (IReadOnlyList<Contender> contenders in points.DistinctBy(point => point.Hint).Select(contendersFor))
                WarmUp.Run(pairs.Values.First(), contenders);

            foreach (MeasurementPoint point in points)
            {
                double done = results.Count;
                progress.Report(new PhaseProgress(point.Name, done / points.Count));
                results.Add(run.Measure(point, pairs[point.Pages], contendersFor(point), Contenders.Baseline,
                    fraction => progress.Report(new PhaseProgress(point.Name, (done + fraction) / points.Count))));
            }
        }
        finally
        {
            foreach (BufferPair pair in pairs.Values)
                pair.Dispose();
        }
        return [.. results];
    }
}
