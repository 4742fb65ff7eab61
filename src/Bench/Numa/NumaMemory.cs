using System.Diagnostics;

namespace CopyMc.Bench.Numa;

/// <summary>Source and destination in the memory of one node, and a page with unknown poison.</summary>
internal sealed unsafe class NumaMemory : IDisposable
{
    private readonly NativeRegion _source;
    private readonly NativeRegion _destination;
    private readonly NativeRegion? _poisoned;
    private nuint _next;

    internal NumaMemory(int node, bool isBound, nuint poolBytes, PoisonSource? poison)
    {
        Node = node;
        // Kernels without nodes have no policies.
        var options = new NativeRegionOptions { Node = isBound ? node : null };
        _source = new NativeRegion(poolBytes, options);
        _destination = new NativeRegion(poolBytes, options);
        for (nuint offset = 0; offset < poolBytes; offset += NativeRegion.HugePageSize)
            new Span<byte>(_source.Pointer + offset, NativeRegion.HugePageSize).Fill(1);
        if (poison is null)
            return;
        _poisoned = new NativeRegion(2 * NativeRegion.PageSize, options);
        PoisonInjector.Inject(_poisoned, NativeRegion.PageSize, poison.Value);
    }

    internal int Node { get; }

    public void Dispose()
    {
        _source.Dispose();
        _destination.Dispose();
        _poisoned?.Dispose();
    }

    /// <summary>Nanoseconds of a copy of 2 MiB, each time the next of the pool.</summary>
    internal double TimeCopy(CopyEngine engine, ref bool exact)
    {
        nuint offset = _next;
        _next = (_next + NativeRegion.HugePageSize) % _source.Length;
        long start = Stopwatch.GetTimestamp();
        nuint remaining = engine.Copy(_source.Pointer + offset, _destination.Pointer + offset, NativeRegion.HugePageSize);
        double elapsed = Stopwatch.GetElapsedTime(start).TotalNanoseconds;
        exact &= remaining == 0;
        return elapsed;
    }

    /// <summary>Nanoseconds of a copy that meets the poison after a page; null if there is none.</summary>
    internal double? TimeRecovery(CopyEngine engine, ref bool exact)
    {
        if (_poisoned is null)
            return null;
        long start = Stopwatch.GetTimestamp();
        nuint remaining = engine.Copy(_poisoned.Pointer, _destination.Pointer, _poisoned.Length);
        double elapsed = Stopwatch.GetElapsedTime(start).TotalNanoseconds;
        exact &= remaining == NativeRegion.PageSize;
        _poisoned.Poison.Clear(0, _poisoned.Length);
        return elapsed;
    }
}
