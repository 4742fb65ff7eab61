using BenchmarkDotNet.Attributes;
using CopyMc.Bench.Measuring;

namespace CopyMc.Bench.Throughput.Suites;

/// <summary>What a copy of 2 MiB that meets poison costs, by where the poison lies and what it is made of, beside the cheapest fault there is.</summary>
public unsafe class RecoveryBenchmarks : CopyBenchmark
{
    private nuint _offset;

    /// <summary>Which page of 512 is poisoned.</summary>
    [Params(0, 256, 511)]
    public int Page { get; set; }

    /// <summary>What the poison is made of.</summary>
    [ParamsSource(nameof(Sources))]
    public PoisonSource Poison { get; set; }

    /// <summary>What works here.</summary>
    public static IEnumerable<PoisonSource> Sources => UsablePoison.Sources;

    /// <summary>Maps and poisons the memory.</summary>
    [GlobalSetup]
    public void Setup()
    {
        Map(NativeRegion.HugePageSize, NativeRegion.HugePageSize);
        _offset = (nuint)Page * NativeRegion.PageSize;
        PoisonInjector.Inject(Source, _offset, Poison);
    }

    /// <summary>The copy, up to the poison. What a signal taught is forgotten again, so that the next meets one too.</summary>
    [Benchmark]
    public nuint CopyThatMeetsPoison()
    {
        nuint remaining = CopyEngine.Shared.Copy(Source.Pointer, Destination.Pointer, Source.Length);
        if (Poison != PoisonSource.Bitmap)
            Source.Poison.Clear(_offset, NativeRegion.PageSize);
        return remaining;
    }

    /// <summary>The copy of what lies before the poison, which meets nothing.</summary>
    [Benchmark(Baseline = true)]
    public nuint CopyOfThePrefix() => CopyEngine.Shared.Copy(Source.Pointer, Destination.Pointer, _offset);
}
