using BenchmarkDotNet.Attributes;

namespace CopyMc.Bench.Throughput.Suites;

/// <summary>A suite with one source and one destination.</summary>
public abstract class CopyBenchmark : IDisposable
{
    private protected NativeRegion Source { get; private set; } = null!;

    private protected NativeRegion Destination { get; private set; } = null!;

    /// <summary>Unmaps the memory.</summary>
    [GlobalCleanup]
    public void Dispose()
    {
        Source?.Dispose();
        Destination?.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected void Map(nuint sourceLength, nuint destinationLength, NativeRegionOptions? options = null)
    {
        Source = new NativeRegion(sourceLength, options);
        Destination = new NativeRegion(destinationLength, options);
    }
}
