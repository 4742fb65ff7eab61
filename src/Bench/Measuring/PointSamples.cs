namespace CopyMc.Bench.Measuring;

/// <summary>What one process measured at one point.</summary>
internal sealed record PointSamples(MeasurementPoint Point, long WorkingSetBytesPerBuffer, bool EveryCopyComplete, IReadOnlyList<MethodSamples> Methods)
{
    internal double[] NanosecondsOf(string method) => Methods.First(one => one.Name == method).NanosecondsPerCopy;
}
