using System.Runtime.InteropServices;
using BenchmarkDotNet.Attributes;
using CopyMc.Bench.Measuring;

namespace CopyMc.Bench.Throughput.Suites;

/// <summary>Hot copies by the offsets of source and destination in a page. Equal offsets are equal modulo 4096.</summary>
public unsafe class AlignmentBenchmarks : CopyBenchmark
{
    /// <summary>Bytes of one copy.</summary>
    [Params(4096, 2 << 20)]
    public int ByteCount { get; set; }

    /// <summary>Bytes from a page's start to the source.</summary>
    [Params(0, 1, 16, 32, 63)]
    public int SourceOffset { get; set; }

    /// <summary>Bytes from a page's start to the destination.</summary>
    [Params(0, 1, 16, 32, 63)]
    public int DestinationOffset { get; set; }

    /// <summary>Maps and touches the memory.</summary>
    [GlobalSetup]
    public void Setup() => Map((nuint)ByteCount + NativeRegion.PageSize, (nuint)ByteCount + NativeRegion.PageSize);

    /// <summary>The copy of .NET.</summary>
    [Benchmark(Baseline = true)]
    public void NativeMemoryCopy() =>
        NativeMemory.Copy(Source.Pointer + SourceOffset, Destination.Pointer + DestinationOffset, (nuint)ByteCount);

    /// <summary>The shared engine.</summary>
    [Benchmark]
    public nuint Engine() =>
        CopyEngine.Shared.Copy(Source.Pointer + SourceOffset, Destination.Pointer + DestinationOffset, (nuint)ByteCount);

    /// <summary>The C library's memcpy.</summary>
    [Benchmark]
    public nuint LibcMemcpy() =>
        default(LibcCopy).Copy(Source.Pointer + SourceOffset, Destination.Pointer + DestinationOffset, (nuint)ByteCount);
}
