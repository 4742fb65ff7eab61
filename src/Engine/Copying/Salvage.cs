using System.Runtime.InteropServices;

namespace CopyMc;

/// <summary>
/// One salvage: copies what can be read, block by block, and lists what cannot. After the first fault of a block it asks the kernel
/// which pages ahead are bad, so that a block with many bad pages costs one signal.
/// </summary>
internal sealed unsafe class Salvage
{
    private const nuint PageMask = NativeRegion.PageSize - 1;

    private readonly CopyEngine _engine;
    private readonly byte* _source;
    private readonly byte* _destination;
    private readonly SalvageOptions _options;
    private readonly List<LostRange> _lost = [];
    private nuint _position;
    private nuint _lostBytes;
    private CopyFault _destinationFault;
    private string? _propagationFailure;

    internal Salvage(CopyEngine engine, byte* source, byte* destination, SalvageOptions options)
    {
        _engine = engine;
        _source = source;
        _destination = destination;
        _options = options;
    }

    internal SalvageResult Run(nuint byteCount)
    {
        bool gaveUp = false;
        try
        {
            while (_position < byteCount && !gaveUp && _destinationFault.Kind == CopyFaultKind.None)
            {
                _options.CancellationToken.ThrowIfCancellationRequested();
                CopyBlock(_position + nuint.Min(CopyEngine.BlockSize, byteCount - _position));
                gaveUp = _lostBytes > _options.MaxLostBytes;
                _options.Progress?.Report(_position);
            }
        }
        finally
        {
            // Cancelled or not: what is lost must not be taken for data.
            FillLost();
            PropagateLost();
        }
        return new SalvageResult(_position, _lostBytes, _lost, _destinationFault, gaveUp, _propagationFailure);
    }

    /// <summary>Brings the position to <paramref name="end"/>, or to where the destination fails.</summary>
    private void CopyBlock(nuint end)
    {
        // From here on nothing is known about pages; before, the kernel was asked.
        nuint asked = _position;
        while (_position < end)
        {
            nuint until = asked > _position ? nuint.Min(asked, end) : end;
            nuint length = until - _position;
            nuint remaining = _engine.Copy(_source + _position, _destination + _position, length, out CopyFault fault);
            _position = until - remaining;
            if (remaining == 0)
            {
                if (_position < end)
                    asked = SkipUnreadable(end);
                continue;
            }
            if (fault.Side == CopySide.Destination)
            {
                _destinationFault = fault;
                return;
            }
            Lose(nuint.Min(fault.Address + fault.Extent - (nuint)_source, end));
            if (fault.Kind != CopyFaultKind.KnownPoison && _options.LookAhead)
                asked = SkipUnreadable(end);
        }
    }

    /// <summary>
    /// Loses the pages from the position on that the kernel cannot read, and returns how far it can read from the first one that it can.
    /// Pages with a known bad line are not asked about, as that would read them.
    /// </summary>
    private nuint SkipUnreadable(nuint end)
    {
        while (_position < end)
        {
            nuint address = (nuint)_source + _position;
            nuint page = address & ~PageMask;
            nuint last = (nuint)_source + end;
            nuint unknown = PoisonRegistry.FirstPoisonedAddress(page, (last + PageMask) & ~PageMask) & ~PageMask;
            int count = (int)nuint.Min((nuint.Max(unknown, page) - page) / NativeRegion.PageSize, PageProbe.MaxPages);
            if (count == 0)
                return _position;
            int readable = PageProbe.ReadablePages((byte*)page, count);
            if (readable != 0)
                return readable < 0 ? _position : nuint.Min(page + (nuint)readable * NativeRegion.PageSize - (nuint)_source, end);
            PoisonRegistry.MarkEverywhere(page, NativeRegion.PageSize);
            Lose(nuint.Min(page + NativeRegion.PageSize - (nuint)_source, end));
        }
        return _position;
    }

    /// <summary>Moves the position to <paramref name="end"/> over bytes that are lost.</summary>
    private void Lose(nuint end)
    {
        nuint length = end - _position;
        _lostBytes += length;
        if (_lost.Count > 0 && _lost[^1].End == _position)
            _lost[^1] = new LostRange(_lost[^1].Offset, _lost[^1].Length + length);
        else
            _lost.Add(new LostRange(_position, length));

        _position = end;
    }

    /// <summary>Through the engine, as the destination may be bad too.</summary>
    private void FillLost()
    {
        if (_options.Fill == SalvageFill.Leave || _lost.Count == 0)
            return;
        const nuint PieceSize = 65536;
        byte* piece = (byte*)NativeMemory.Alloc(PieceSize);
        NativeMemory.Fill(piece, PieceSize, _options.Fill == SalvageFill.Pattern ? _options.Pattern : (byte)0);
        foreach (LostRange range in _lost)
        {
            for (nuint offset = range.Offset; offset < range.End && _destinationFault.Kind == CopyFaultKind.None; offset += PieceSize)
                _ = _engine.Copy(piece, _destination + offset, nuint.Min(PieceSize, range.End - offset), out _destinationFault);
        }
        NativeMemory.Free(piece);
    }

    private void PropagateLost()
    {
        if (_options.Propagation == PoisonPropagation.None)
            return;
        foreach (LostRange range in _lost)
        {
            nuint start = (nuint)_destination + range.Offset;
            PoisonRegistry.MarkEverywhere(start, range.Length);
            nuint firstPage = (start + PageMask) & ~PageMask;
            nuint endPage = (start + range.Length) & ~PageMask;
            if (_options.Propagation == PoisonPropagation.Fault && firstPage < endPage)
                _propagationFailure ??= Userfaultfd.Poison((byte*)firstPage, endPage - firstPage);
        }
    }
}
