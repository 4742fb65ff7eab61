using BenchmarkDotNet.Attributes;
using CopyMc.Bench.Measuring;

namespace CopyMc.Bench.Throughput.Suites;

/// <summary>The recovery from one fault beside the floor: a SIGBUS whose handler only steps over the instruction.</summary>
public unsafe class FaultFloorBenchmarks : CopyBenchmark
{
    /// <summary>Maps and poisons the memory.</summary>
    [GlobalSetup]
    public void Setup()
    {
        Map(NativeRegion.PageSize, NativeRegion.PageSize);
        PoisonInjector.Inject(Source, 0, UsablePoison.Sources[^1]);
    }

    /// <summary>Installs the floor's handler.</summary>
    [GlobalSetup(Target = nameof(Floor))]
    public void SetupFloor()
    {
        Setup();
        if (!Yardsticks.IsAvailable || Yardsticks.FloorBegin() != 0)
            throw new PlatformNotSupportedException("libyardsticks.so is needed, which needs a C compiler to build.");
    }

    /// <summary>Restores the previous handler.</summary>
    [GlobalCleanup(Target = nameof(Floor))]
    public void CleanupFloor()
    {
        Yardsticks.FloorEnd();
        Dispose();
    }

    /// <summary>The cheapest possible fault.</summary>
    [Benchmark(Baseline = true)]
    public void Floor() => Yardsticks.FloorFault(Source.Pointer);

    /// <summary>A copy of a poisoned page.</summary>
    [Benchmark]
    public nuint CopyOfAPoisonedPage()
    {
        nuint remaining = CopyEngine.Shared.Copy(Source.Pointer, Destination.Pointer, NativeRegion.PageSize);
        Source.Poison.Clear(0, NativeRegion.PageSize);
        return remaining;
    }
}
