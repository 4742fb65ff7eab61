namespace CopyMc.Bench.Measuring;

/// <summary>What one process measured at one point.</summary>
internal sealed record PointSamples
{
    public required MeasurementPoint Point { get; init; }
    public required long WorkingSetBytesPerBuffer { get; init; }
    public required bool EveryCopyComplete { get; init; }
    public required IReadOnlyList<MethodSamples> Methods { get; init; }

    internal double[] NanosecondsOf(string method) => Methods.First(one => one.Name == method).NanosecondsPerCopy;
}
