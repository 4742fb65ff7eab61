using System.Diagnostics;

namespace CopyMc.Bench.MainJob;

/// <summary>
/// A pinned region with a part of the file, and a destination. Each run poisons one line, copies, checks every byte and heals the line.
/// </summary>
internal sealed unsafe class RegionTrial : IDisposable
{
    /// <summary>Bytes after the destination that must not change.</summary>
    private const int GuardBytes = NativeRegion.PageSize;

    private readonly CopyEngine _engine;
    private readonly NativeRegion _source;
    private readonly NativeRegion _destination;
    private readonly byte[] _content;
    // The destination before a copy. Every byte differs from the file's, so that every write shows.
    private readonly byte[] _untouched;

    internal RegionTrial(CopyEngine engine, int byteCount)
    {
        _engine = engine;
        _content = new byte[byteCount];
        _untouched = new byte[byteCount + GuardBytes];
        _source = MapPinned((nuint)byteCount, out string? sourceReason);
        _destination = MapPinned((nuint)byteCount + GuardBytes, out string? destinationReason);
        NotPinnedReason = sourceReason ?? destinationReason;
    }

    /// <summary>Why the memory is not pinned; null if it is.</summary>
    internal string? NotPinnedReason { get; }

    internal int ByteCount => _content.Length;

    public void Dispose()
    {
        _source.Dispose();
        _destination.Dispose();
    }

    /// <summary>Loads the bytes for the next runs.</summary>
    internal void Load(Action<Span<byte>> read)
    {
        read(_content);
        for (int i = 0; i < _content.Length; i++)
            _untouched[i] = (byte)~_content[i];
    }

    internal RecoveryCase Run(int region, PoisonState poisonState, PoisonPosition position, PoisonSource? poison)
    {
        nuint length = _source.Length;
        nuint line = position.OffsetIn(length);
        _content.CopyTo(_source.Span);
        _untouched.CopyTo(_destination.Span);
        if (poison is { } source)
            PoisonInjector.Inject(_source, line, source);
        try
        {
            return CopyAndCheck(region, poisonState, position, poison, line);
        }
        finally
        {
            if (poison is { } healed)
                PoisonInjector.Heal(_source, line, 1, healed);
        }
    }

    private RecoveryCase CopyAndCheck(int region, PoisonState poisonState, PoisonPosition position, PoisonSource? poison, nuint line)
    {
        nuint length = _source.Length;
        long started = Stopwatch.GetTimestamp();
        nuint remaining = _engine.Copy(_source.Pointer, _destination.Pointer, length, out CopyFault fault);
        double microseconds = Stopwatch.GetElapsedTime(started).TotalMicroseconds;

        // The line for known poison; for latent poison the page that holds it.
        nuint extent = poisonState == PoisonState.Latent ? NativeRegion.PageSize : (nuint)PoisonMap.LineSize;
        nuint expected = poison is null ? length : line & ~(extent - 1);
        nuint copied = length - remaining;
        bool stopped = fault.Kind != CopyFaultKind.None;
        long? faultOffset = stopped ? (long)(fault.Address - (nuint)_source.Pointer) : null;
        bool prefixEqualsFile = copied <= length && _destination.Span[..(int)copied].SequenceEqual(_content.AsSpan(0, (int)copied));
        bool nothingWrittenAfter = copied <= length && _destination.Span[(int)copied..].SequenceEqual(_untouched.AsSpan((int)copied));
        bool? learned = null;
        if (poisonState == PoisonState.Latent)
        {
            nuint again = _engine.Copy(_source.Pointer, _destination.Pointer, length, out CopyFault second);
            learned = again == remaining && second.Kind == CopyFaultKind.KnownPoison;
        }

        return new RecoveryCase(
            region, (long)length, poisonState, position, poison, PoisonedOffsetBytes: poison is null ? null : (long)line,
            BytesCopied: (long)copied, BytesNotCopied: (long)remaining,
            fault.Kind, FaultSide: stopped ? fault.Side : null, faultOffset, FaultExtentBytes: stopped ? (long)fault.Extent : null, microseconds,
            CountExact: copied == expected,
            FaultExact: KindFits(fault.Kind, poison)
                && (!stopped || (fault.Side == CopySide.Source && faultOffset == (long)expected && fault.Extent == extent && !fault.WrittenBeyond)),
            prefixEqualsFile, nothingWrittenAfter, learned);
    }

    /// <summary>A poison marker is a machine check only on kernels with CONFIG_MEMORY_FAILURE.</summary>
    private static bool KindFits(CopyFaultKind kind, PoisonSource? poison) => poison switch
    {
        null => kind == CopyFaultKind.None,
        PoisonSource.Bitmap => kind == CopyFaultKind.KnownPoison,
        PoisonSource.TruncatedMapping => kind == CopyFaultKind.BusError,
        PoisonSource.UffdPoison => kind is CopyFaultKind.BusError or CopyFaultKind.MachineCheck,
        _ => kind == CopyFaultKind.MachineCheck,
    };

    private static NativeRegion MapPinned(nuint length, out string? notPinnedReason)
    {
        try
        {
            notPinnedReason = null;
            return new NativeRegion(length, new NativeRegionOptions { Lock = true });
        }
        catch (Exception error) when (error is IOException or PlatformNotSupportedException)
        {
            notPinnedReason = error.Message;
            return new NativeRegion(length);
        }
    }
}
