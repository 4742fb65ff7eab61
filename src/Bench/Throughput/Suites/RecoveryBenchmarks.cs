using BenchmarkDotNet.Attributes;
using CopyMc.Bench.Measuring;

namespace CopyMc.Bench.Throughput.Suites;

/// <summary>The cost of a copy of 2 MiB that meets poison, by position and source of the poison, beside a copy of the prefix.</summary>
public unsafe class RecoveryBenchmarks : CopyBenchmark
{
    private nuint _offset;

    /// <summary>Which page of 512 is poisoned.</summary>
    [Params(0, 256, 511)]
    public int Page { get; set; }

    /// <summary>The source of the poison.</summary>
    [ParamsSource(nameof(Sources))]
    public PoisonSource Poison { get; set; }

    /// <summary>The sources that work here.</summary>
    public static IEnumerable<PoisonSource> Sources => UsablePoison.Sources;

    /// <summary>Maps and poisons the memory.</summary>
    [GlobalSetup]
    public void Setup()
    {
        Map(NativeRegion.HugePageSize, NativeRegion.HugePageSize);
        _offset = (nuint)Page * NativeRegion.PageSize;
        PoisonInjector.Inject(Source, _offset, Poison);
    }

    /// <summary>The copy, up to the poison. It then clears the map, so that the next copy raises a signal too.</summary>
    [Benchmark]
    public nuint CopyThatMeetsPoison()
    {
        nuint remaining = CopyEngine.Shared.Copy(Source.Pointer, Destination.Pointer, Source.Length);
        if (Poison != PoisonSource.Bitmap)
            Source.Poison.Clear(_offset, NativeRegion.PageSize);
        return remaining;
    }

    /// <summary>The copy of the bytes before the poison.</summary>
    [Benchmark(Baseline = true)]
    public nuint CopyOfThePrefix() => CopyEngine.Shared.Copy(Source.Pointer, Destination.Pointer, _offset);
}
