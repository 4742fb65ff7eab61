using CopyMc.Bench.Measuring;

namespace CopyMc.Bench.Tune;

/// <summary>Threads that make the same copies at the same time, each in memory of its own.</summary>
internal sealed class Team : IDisposable
{
    private readonly BufferPair[] _buffers;
    private readonly Thread[] _others;
    private int _order;
    private int _busy;
    private bool _over;
    private Contender? _contender;
    private MeasurementPoint? _point;
    private ulong _first;
    private ulong _count;

    internal Team(int threads, long byteCount)
    {
        _buffers = [.. Enumerable.Range(0, threads).Select(_ => new BufferPair(byteCount, PageKind.TransparentHuge))];
        _others = [.. Enumerable.Range(1, threads - 1).Select(index => new Thread(() => Work(index)) { IsBackground = true })];
        foreach (Thread other in _others)
            other.Start();
    }

    public void Dispose()
    {
        Volatile.Write(ref _over, true);
        Interlocked.Increment(ref _order);
        foreach (Thread other in _others)
            other.Join();
        foreach (BufferPair pair in _buffers)
            pair.Dispose();
    }

    internal AccessPattern PatternFor(MeasurementPoint point) => _buffers[0].PatternFor(point);

    /// <summary>A contender whose every batch is made by all threads; it ends with the last of them.</summary>
    internal Contender All(Contender contender, MeasurementPoint point) => _others.Length == 0 ? contender : new Together(this, contender, point);

    // The threads wait by spinning: waking one would take longer than batches may differ.
    private void Work(int index)
    {
        for (int order = 1; ; order++)
        {
            while (Volatile.Read(ref _order) < order)
                Thread.SpinWait(1);
            if (Volatile.Read(ref _over))
                return;
            _ = _contender!.CopyMany(_buffers[index].PatternFor(_point!), _first, _count);
            Interlocked.Decrement(ref _busy);
        }
    }

    private sealed class Together(Team team, Contender contender, MeasurementPoint point) : Contender(contender.Name)
    {
        internal override nuint CopyMany(in AccessPattern pattern, ulong first, ulong count)
        {
            (team._contender, team._point, team._first, team._count) = (contender, point, first, count);
            Volatile.Write(ref team._busy, team._others.Length);
            Interlocked.Increment(ref team._order);
            nuint remaining = contender.CopyMany(pattern, first, count);
            while (Volatile.Read(ref team._busy) != 0)
                Thread.SpinWait(1);
            return remaining;
        }
    }
}
