using BenchmarkDotNet.Attributes;

namespace CopyMc.Bench.Throughput.Suites;

/// <summary>One long copy by several threads, and the time per byte as copies grow.</summary>
public unsafe class ScalingBenchmarks : CopyBenchmark
{
    private CopyOptions _options = null!;

    /// <summary>Bytes of one copy.</summary>
    [Params(2L << 20, 64L << 20, 1L << 30)]
    public long ByteCount { get; set; }

    /// <summary>The maximum number of threads.</summary>
    [Params(1, 2, 4)]
    public int Threads { get; set; }

    /// <summary>Maps and touches the memory.</summary>
    [GlobalSetup]
    public void Setup()
    {
        Map((nuint)ByteCount, (nuint)ByteCount);
        _options = new CopyOptions { MaxDegreeOfParallelism = Threads };
    }

    /// <summary>The shared engine.</summary>
    [Benchmark]
    public nuint Engine() => CopyEngine.Shared.Copy(Source.Pointer, Destination.Pointer, (nuint)ByteCount, _options, out _);
}
