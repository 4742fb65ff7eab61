using CopyMc.Bench.MainJob;
using CopyMc.Bench.Measuring;

namespace CopyMc.Bench.Recovery;

/// <summary>A source with poison in one place, and a destination.</summary>
internal sealed unsafe class FaultyMemory : IDisposable
{
    private readonly NativeRegion _source;
    private readonly NativeRegion _destination;
    private readonly PoisonSource _poison;
    private readonly byte[] _content;

    internal FaultyMemory(PoisonSource poison, PoisonPosition position, PageKind pages)
    {
        _poison = poison;
        _content = new byte[NativeRegion.HugePageSize];
        new Random(1).NextBytes(_content);
        var options = new NativeRegionOptions { Pages = pages };
        _source = new NativeRegion((nuint)_content.Length, options);
        _destination = new NativeRegion((nuint)_content.Length, options);
        _content.CopyTo(_source.Span);
        _content.CopyTo(_destination.Span);

        nuint line = position.OffsetIn(_source.Length);
        nuint unit = poison == PoisonSource.Bitmap ? PoisonMap.LineSize : pages == PageKind.HugeTlb ? NativeRegion.HugePageSize : (nuint)NativeRegion.PageSize;
        PoisonStart = line & ~(unit - 1);
        PoisonLength = unit;
        try
        {
            PoisonInjector.Inject(_source, line, poison);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The offset of the first byte that cannot be read.</summary>
    internal nuint PoisonStart { get; }

    internal nuint PoisonLength { get; }

    internal byte* Source => _source.Pointer;

    internal byte* Destination => _destination.Pointer;

    /// <summary>The copy that meets the poison.</summary>
    internal AccessPattern Whole => AccessPattern.Over(_source, _destination, _source.Length);

    /// <summary>The copy of the bytes before the poison.</summary>
    internal AccessPattern Prefix => AccessPattern.Over(_source, _destination, PoisonStart);

    public void Dispose()
    {
        _source.Dispose();
        _destination.Dispose();
    }

    /// <summary>Clears the map after a signal, so that the next copy raises one too. Known poison stays known.</summary>
    internal void Forget()
    {
        if (_poison != PoisonSource.Bitmap)
            _source.Poison.Clear(PoisonStart, PoisonLength);
    }

    /// <summary>Copies, and compares the reported count with the copied bytes.</summary>
    /// <returns>Bytes reported as not copied, bytes reported as copied that differ from the source, and whether the copy was exact.</returns>
    internal (long NotCopied, long Wrong, bool Exact) Check(Contender contender)
    {
        Span<byte> destination = _destination.Span;
        for (int i = 0; i < destination.Length; i++)
            destination[i] = (byte)~_content[i];
        nuint remaining = contender.CopyOnce(Whole);
        Forget();
        int claimed = _content.Length - (int)nuint.Min(remaining, (nuint)_content.Length);
        long wrong = 0, beyond = 0;
        for (int i = 0; i < claimed; i++)
            wrong += destination[i] != _content[i] ? 1 : 0;
        for (int i = claimed; i < destination.Length; i++)
            beyond += destination[i] != (byte)~_content[i] ? 1 : 0;
        return ((long)remaining, wrong, wrong == 0 && beyond == 0 && (nuint)claimed == PoisonStart);
    }
}
