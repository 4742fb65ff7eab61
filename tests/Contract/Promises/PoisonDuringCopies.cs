namespace CopyMc.Contract.Promises;

/// <summary>Poison that arrives during copies ends each of them at the page, and has no other effect.</summary>
public sealed unsafe class PoisonDuringCopies : IDisposable
{
    private const int Copiers = 4, Rounds = 10_000, Pages = 16;

    private const int LeastInterrupted = Rounds / 100;

    private const nuint Page = NativeRegion.PageSize;

    private readonly NativeRegion _source = new(Pages * Page);
    private readonly byte[] _pattern = new byte[Pages * NativeRegion.PageSize];
    private readonly Barrier _round = new(Copiers + 1);
    private volatile int _lost;
    private int _copying, _interrupted;
    private volatile bool _over;
    private volatile string? _violation;

    public PoisonDuringCopies()
    {
        Pattern.Fill(_pattern, seed: 19);
        _pattern.CopyTo(_source.Span);
    }

    public void Dispose()
    {
        _source.Dispose();
        _round.Dispose();
    }

    public void Ten_thousand_pages_lost_while_four_threads_copy_are_each_counted_exactly(PoisonedFrames frames)
    {
        CopyKernel[] kernels = [.. CopyKernel.Available.Where(kernel => kernel.RecoversFromFaults)];
        Thread[] copiers = [.. Enumerable.Range(0, Copiers).Select(copier => new Thread(() => Copy(Engines.Of(kernels[copier % kernels.Length]))))];
        foreach (Thread copier in copiers)
            copier.Start();
        var random = new Random(20);
        for (int round = 0; round < Rounds && _violation is null; round++)
        {
            _lost = random.Next(Pages);
            _copying = 0;
            _round.SignalAndWait();
            // Wait until all of them copy.
            while (Volatile.Read(ref _copying) < Copiers && _violation is null)
                Thread.Yield();
            frames.Inject(_source, (nuint)_lost * Page);
            // Wait until it has stopped every copier.
            _round.SignalAndWait();
            frames.Heal(_source, (nuint)_lost * Page, Page);
            int offset = _lost * NativeRegion.PageSize;
            _pattern.AsSpan(offset, NativeRegion.PageSize).CopyTo(_source.Span[offset..]);
        }
        _over = true;
        _round.SignalAndWait();
        foreach (Thread copier in copiers)
            copier.Join();
        if (_violation is { } violation)
            Require.Fail(violation);
        // In the other rounds the poison arrived between two copies, or another copier had marked the page.
        Require.True(_interrupted >= LeastInterrupted, $"{_interrupted} copies were interrupted; that {LeastInterrupted} are");
    }

    /// <summary>In each round, copies until the page stops a copy. All copies before that are complete.</summary>
    private void Copy(CopyEngine engine)
    {
        using var destination = new NativeRegion(_source.Length);
        while (true)
        {
            _round.SignalAndWait();
            if (_over)
                return;
            nuint bad = (nuint)_lost * Page;
            nuint copied;
            CopyFault fault;
            bool startedHealthy;
            for (int whole = 0; ; whole++)
            {
                // Reads the page, to see that it was not bad yet.
                byte before;
                startedHealthy = engine.Copy(_source.Pointer + bad, &before, 1) == 0;
                copied = _source.Length - engine.Copy(_source.Pointer, destination.Pointer, _source.Length, out fault);
                if (copied != _source.Length)
                    break;
                // Compares once per round, or most of the time would go into comparing, and the poison would arrive then.
                if (whole == 0)
                {
                    ExpectCopied(destination, copied, fault, default);
                    _ = Interlocked.Increment(ref _copying);
                }
                // Otherwise the injector would wait for a processor on a small machine.
                Thread.Yield();
            }
            // A copy inside the page keeps the bytes that it has read. Once another copier has marked the page, copies stop at its start.
            bool met = fault.Kind == CopyFaultKind.MachineCheck;
            ExpectCopied(destination, copied, fault with { WrittenBeyond = false }, met ? Met(bad) : Known(bad));
            if (copied < bad || copied >= bad + (met ? Page : 1))
                _violation ??= $"{copied} bytes were copied, page {_lost} was lost: {fault}";
            // The copy started before the poison arrived, which ended it after some bytes.
            if (met && startedHealthy && copied > 0)
                _ = Interlocked.Increment(ref _interrupted);
            copied = _source.Length - engine.Copy(_source.Pointer, destination.Pointer, _source.Length, out fault);
            ExpectCopied(destination, copied, fault, Known(bad));
            if (copied != bad)
                _violation ??= $"{copied} bytes were copied once more, page {_lost} was lost: {fault}";
            _round.SignalAndWait();
        }
    }

    private CopyFault Met(nuint offset) => new(CopyFaultKind.MachineCheck, CopySide.Source, (nuint)_source.Pointer + offset, Page);

    private CopyFault Known(nuint offset) => new(CopyFaultKind.KnownPoison, CopySide.Source, (nuint)_source.Pointer + offset, PoisonMap.LineSize);

    private void ExpectCopied(NativeRegion destination, nuint length, CopyFault fault, CopyFault expected)
    {
        if (fault != expected)
            _violation ??= $"{fault}, expected {expected}";
        if (!destination.Span[..(int)length].SequenceEqual(_pattern.AsSpan(0, (int)length)))
            _violation ??= $"of {length} bytes copied, one is wrong";
    }
}
