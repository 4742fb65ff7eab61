using BenchmarkDotNet.Attributes;

namespace CopyMc.Bench.Throughput.Suites;

/// <summary>The cost of a copy of 2 MiB that meets known poison, by the poisoned line.</summary>
public unsafe class AbortBenchmarks : CopyBenchmark
{
    /// <summary>Which line of 32,768 is poisoned.</summary>
    [Params(0, 1, 64, 16_384, 32_767)]
    public int Line { get; set; }

    /// <summary>Maps and marks the memory.</summary>
    [GlobalSetup]
    public void Setup()
    {
        Map(NativeRegion.HugePageSize, NativeRegion.HugePageSize);
        Source.Poison.Mark((nuint)Line * PoisonMap.LineSize);
    }

    /// <summary>The copy, up to the poison.</summary>
    [Benchmark]
    public nuint CopyThatMeetsKnownPoison() => CopyEngine.Shared.Copy(Source.Pointer, Destination.Pointer, Source.Length);
}
