using CopyMc.Bench.Measuring;
using CopyMc.Bench.Statistics;

namespace CopyMc.Bench.Throughput;

/// <summary>What all contenders did at one point.</summary>
internal sealed record PointResult
{
    public required string Name { get; init; }
    public required long CopyBytes { get; init; }
    public required Temperature Temperature { get; init; }
    public required long WorkingSetBytesPerBuffer { get; init; }
    public required PageKind Pages { get; init; }
    public required CopyHint Hint { get; init; }

    /// <summary>Whether no timed copy left a byte uncopied.</summary>
    public required bool EveryCopyComplete { get; init; }

    public required IReadOnlyList<MethodResult> Methods { get; init; }

    /// <summary>How near the first method comes to the roofline; null where no raw copy took part.</summary>
    public Roofline? Roofline { get; init; }

    /// <summary>Over the rounds of all processes.</summary>
    /// <param name="processes">The same contenders at the same point in each.</param>
    /// <param name="baseline">What ratios are taken to, within each round.</param>
    internal static PointResult Of(IReadOnlyList<PointSamples> processes, string baseline)
    {
        PointSamples first = processes[0];
        double[] Rounds(string method) => [.. processes.SelectMany(process => process.NanosecondsOf(method))];
        return new PointResult
        {
            Name = first.Point.Name,
            CopyBytes = first.Point.CopyBytes,
            Temperature = first.Point.Temperature,
            WorkingSetBytesPerBuffer = first.WorkingSetBytesPerBuffer,
            Pages = first.Point.Pages,
            Hint = first.Point.Hint,
            EveryCopyComplete = processes.All(process => process.EveryCopyComplete),
            Roofline = Roofline.Of([.. first.Methods.Select(method => method.Name)], [.. first.Methods.Select(method => Rounds(method.Name))]),
            Methods =
            [
                .. first.Methods.Select((method, i) => MethodResult.From(
                    method.Name, first.Point.CopyBytes, Rounds(method.Name), Rounds(baseline),
                    processes.All(process => process.Methods[i].CopiedExactly)) with
                {
                    ProcessNanosecondsPerCopy = processes.Count == 1
                        ? null
                        : [.. processes.Select(process => Quartiles.Of(process.NanosecondsOf(method.Name)).Median)],
                }),
            ],
        };
    }

    internal MethodResult Method(string name) => Methods.First(method => method.Name == name);
}
