using System.Runtime.InteropServices;
using BenchmarkDotNet.Attributes;
using CopyMc.Bench.Measuring;

namespace CopyMc.Bench.Throughput.Suites;

/// <summary>Copies by size, temperature and page size, with a clean live map over the source.</summary>
public unsafe class ThroughputBenchmarks : CopyBenchmark
{
    private const nuint PoolSize = 512u << 20;

    private readonly CopyEngine _streaming = new(new CopyEngineOptions { Hint = CopyHint.Streaming });
    private nuint _slots;
    private nuint _next;

    /// <summary>Bytes of one copy.</summary>
    [Params(64, 256, 1024, 4096, 65536, 2 << 20, 64 << 20)]
    public int ByteCount { get; set; }

    /// <summary>Whether the same bytes are copied again and again, or all of a pool of 512 MiB.</summary>
    [Params("hot", "cold")]
    public string Temperature { get; set; } = "";

    /// <summary>The pages of source and destination.</summary>
    [Params(PageKind.Small, PageKind.TransparentHuge)]
    public PageKind Pages { get; set; }

    /// <summary>Maps and touches the memory.</summary>
    [GlobalSetup]
    public void Setup()
    {
        nuint length = Temperature == "hot" ? (nuint)ByteCount : PoolSize;
        _slots = length / (nuint)ByteCount;
        Map(length, length, new NativeRegionOptions { Pages = Pages });
    }

    /// <summary>The copy of .NET.</summary>
    [Benchmark(Baseline = true)]
    public void NativeMemoryCopy()
    {
        nuint at = NextSlot();
        NativeMemory.Copy(Source.Pointer + at, Destination.Pointer + at, (nuint)ByteCount);
    }

    /// <summary>The shared engine.</summary>
    [Benchmark]
    public nuint Engine()
    {
        nuint at = NextSlot();
        return CopyEngine.Shared.Copy(Source.Pointer + at, Destination.Pointer + at, (nuint)ByteCount);
    }

    /// <summary>An engine with the streaming hint.</summary>
    [Benchmark]
    public nuint EngineStreaming()
    {
        nuint at = NextSlot();
        return _streaming.Copy(Source.Pointer + at, Destination.Pointer + at, (nuint)ByteCount);
    }

    /// <summary>The C library's memcpy.</summary>
    [Benchmark]
    public nuint LibcMemcpy()
    {
        nuint at = NextSlot();
        return default(LibcCopy).Copy(Source.Pointer + at, Destination.Pointer + at, (nuint)ByteCount);
    }

    // A golden-ratio stride, so that no prefetcher predicts the next slot. The number of slots is a power of two.
    private nuint NextSlot() => _next++ * 0x9E3779B1u % _slots * (nuint)ByteCount;
}
