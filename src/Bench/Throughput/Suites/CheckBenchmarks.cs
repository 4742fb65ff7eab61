using BenchmarkDotNet.Attributes;

namespace CopyMc.Bench.Throughput.Suites;

/// <summary>The cost of the check for poison in a clean copy, by the number of poisoned lines elsewhere in the same map.</summary>
public unsafe class CheckBenchmarks : CopyBenchmark
{
    /// <summary>After the copied bytes: room for a million lines, every fourth one.</summary>
    private const nuint Elsewhere = 256u << 20;

    /// <summary>Bytes of one copy.</summary>
    [Params(64, 4096, 65536, 2 << 20)]
    public int ByteCount { get; set; }

    /// <summary>Lines marked in the source's map, outside the copied bytes.</summary>
    [Params(0, 1, 1_000, 1_000_000)]
    public int PoisonedLines { get; set; }

    /// <summary>Maps the memory and marks the lines.</summary>
    [GlobalSetup]
    public void Setup()
    {
        Map((nuint)ByteCount + Elsewhere, (nuint)ByteCount, new NativeRegionOptions { Populate = false });
        Source.Span[..ByteCount].Fill(1);
        Destination.Span.Fill(2);
        nuint distance = Elsewhere / (nuint)Math.Max(PoisonedLines, 1) & ~(nuint)(PoisonMap.LineSize - 1);
        for (int i = 0; i < PoisonedLines; i++)
            Source.Poison.Mark((nuint)ByteCount + (Elsewhere - 1) - (nuint)i * distance);
    }

    /// <summary>The shared engine.</summary>
    [Benchmark]
    public nuint Engine() => CopyEngine.Shared.Copy(Source.Pointer, Destination.Pointer, (nuint)ByteCount);
}
