using CopyMc.Bench.Documents;
using CopyMc.Bench.Measuring;
using CopyMc.Bench.Report;
using CopyMc.Bench.Results;
using CopyMc.Bench.Terminal;

namespace CopyMc.Bench.Throughput.Quick;

/// <summary>The result of <c>bench quick</c>.</summary>
/// <param name="Throughput">The throughput.</param>
internal sealed record QuickReport(ThroughputReport Throughput) : Result
{
    internal override IEnumerable<Timing> Timings() => Timing.Of(Throughput);

    /// <summary>A row for each point with the engine's ratio; on the page also every method.</summary>
    internal override void Write(Document document)
    {
        document.Section("Throughput");
        document.Paragraph($"The engine ({Machine.ChosenKernel}), with the streaming hint where stated, and the C library's memcpy against {Throughput.Baseline}, "
            + $"the baseline.{(document.IsPage ? "" : $" {ThroughputText.Conditions(Throughput)}")}");
        document.Table(Throughput.Points, table => table
            .Words("copy", point => point.Name)
            .Text("engine", point => ThroughputText.Speed(point, point.Methods[0].Name))
            .Text("baseline", point => ThroughputText.Speed(point, Throughput.Baseline))
            .Quartiles("ratio", point => point.Methods[0].RatioToNativeMemoryCopy, Units.Ratio, Mark.Strong)
            .Text("memcpy", point => ThroughputText.Ratio(point, Contenders.LibraryCopy))
            .Figure("of raw", point => point.Roofline?.Ratio.Median, Units.Ratio, Mark.Strong)
            .Words("best raw copy", point => point.Roofline?.Name ?? ""));
        document.Paragraph("Engine and baseline in GiB/s (each byte counts once); the ratio of the engine to the baseline, the values between which the middle "
            + "half of the rounds lies, and memcpy's ratio to the baseline; the ratio of the engine to the best copy at that size that checks nothing and does "
            + "not recover, and the name of that copy, which writes around the cache only where the engine may.");
        document.Paragraph("1 to 128 B to Google D: lengths and addresses vary from copy to copy within 256 KiB. log: each power of two as often. Google: the lengths "
            + "of memcpy calls on all of Google's servers (github.com/google/fleetbench, Memcpy_Fleet.csv), in one service and in a storage system "
            + "(github.com/llvm/llvm-project, libc/benchmarks/distributions, MemcpyGoogleA.csv and MemcpyGoogleD.csv). Their GiB/s are of the mean length.");
        if (Throughput.Points.All(point => point.Roofline?.Name is null or Contenders.LibraryCopy))
            document.Paragraph("Without libyardsticks.so, which needs a C compiler to build, memcpy is the only such copy.");
        document.Within("throughput", () =>
        {
            if (document.IsPage)
                ThroughputText.Write(document, Throughput, Machine);
            else
                ThroughputText.WriteNoise(document, Throughput);
        });
    }
}
