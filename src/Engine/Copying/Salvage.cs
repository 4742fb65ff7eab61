using System.Runtime.InteropServices;

namespace CopyMc;

/// <summary>
/// One salvage: copies the readable bytes, block by block, and lists the rest. Where bad pages are close together, it asks the kernel for the
/// next one, about as far ahead as the last two were apart. Around a single bad page it does not ask, because the call costs up to as much
/// as a signal, and more for each healthy page in it.
/// </summary>
internal sealed unsafe class Salvage
{
    private const nuint PageMask = NativeRegion.PageSize - 1;

    /// <summary>The largest number of healthy pages between two bad ones for which asking costs less than the next signal.</summary>
    private const nuint WorthAsking = 4;

    private static readonly nuint s_unknown = nuint.MaxValue;

    private readonly CopyEngine _engine;
    private readonly byte* _source;
    private readonly byte* _destination;
    // Where the maps, the kernel and faults see the source: without a tag.
    private readonly nuint _sourceAddress;
    private readonly SalvageOptions _options;
    private readonly List<LostRange> _lost = [];
    private nuint _byteCount;
    private nuint _position;
    private nuint _lostBytes;
    // The offset of the next bad page, as the kernel reported it.
    private nuint _nextBad = s_unknown;
    // Pages in the next call.
    private int _lookAheadPages;
    private CopyFault _destinationFault;
    private string? _propagationFailure;

    internal Salvage(CopyEngine engine, byte* source, byte* destination, SalvageOptions options)
    {
        _engine = engine;
        _source = source;
        _sourceAddress = UserSpace.Untagged((nuint)source);
        _destination = destination;
        _options = options;
    }

    internal SalvageResult Run(nuint byteCount)
    {
        _byteCount = byteCount;
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
            // Also when cancelled: lost bytes must not be taken for data.
            FillLost();
            PropagateLost();
        }
        return new SalvageResult(_position, _lostBytes, _lost, _destinationFault, gaveUp, _propagationFailure);
    }

    /// <summary>Advances the position to <paramref name="end"/>, to the end of a lost page that reaches beyond it, or to a fault in the destination.</summary>
    private void CopyBlock(nuint end)
    {
        while (_position < end)
        {
            nuint until = nuint.Min(_nextBad, end);
            nuint remaining = Copy(_source + _position, _destination + _position, until - _position, out CopyFault fault);
            _position = until - remaining;
            if (fault.Side == CopySide.Destination)
            {
                _destinationFault = fault;
                return;
            }
            if (remaining != 0)
            {
                Lose(fault.Address + fault.Extent);
                if (fault.Kind != CopyFaultKind.KnownPoison)
                    LookAhead();
            }
            else if (_position == _nextBad)
            {
                nuint page = _sourceAddress + _position;
                PoisonRegistry.OfProcess.MarkEverywhere(page, NativeRegion.PageSize);
                Lose(page + NativeRegion.PageSize);
                LookAhead();
            }
        }
    }

    private nuint Copy(byte* source, byte* destination, nuint byteCount, out CopyFault fault) => _options.ThroughKernel
        ? KernelCopy.Copy(source, destination, byteCount, out fault)
        : _engine.Copy(source, destination, byteCount, out fault);

    /// <summary>Asks about the pages after a lost one, up to the first with a known bad line: the kernel reads a byte of each page.</summary>
    private void LookAhead()
    {
        _nextBad = s_unknown;
        if (!_options.LookAhead || _lookAheadPages == 0 || _position == _byteCount)
            return;
        nuint page = _sourceAddress + _position, last = _sourceAddress + _byteCount;
        nuint end = nuint.Min(page + (nuint)_lookAheadPages * NativeRegion.PageSize, (last + PageMask) & ~PageMask);
        int count = (int)((PoisonRegistry.OfProcess.FirstPoisonedAddress(page, end) - page) / NativeRegion.PageSize);
        int readable = count == 0 ? -1 : PageProbe.ReadablePages((byte*)page, count);
        if (readable >= 0 && readable < count)
            _nextBad = _position + (nuint)readable * NativeRegion.PageSize;
    }

    /// <summary>Advances the position over lost bytes, to an address or the end of the range.</summary>
    private void Lose(nuint endAddress)
    {
        nuint end = nuint.Min(endAddress - _sourceAddress, _byteCount);
        nuint length = end - _position;
        _lostBytes += length;
        nuint gap = (_position - (_lost.Count > 0 ? _lost[^1].End : 0)) / NativeRegion.PageSize;
        _lookAheadPages = _lost.Count > 0 && gap <= WorthAsking ? 2 * (int)gap + 1 : 0;
        if (_lost.Count > 0 && _lost[^1].End == _position)
            _lost[^1] = new LostRange(_lost[^1].Offset, _lost[^1].Length + length);
        else
            _lost.Add(new LostRange(_position, length));

        _position = end;
        if (_nextBad < end)
            _nextBad = s_unknown;
    }

    /// <summary>Fills the lost ranges through the engine, because the destination may be bad too.</summary>
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
                _ = Copy(piece, _destination + offset, nuint.Min(PieceSize, range.End - offset), out _destinationFault);
        }
        NativeMemory.Free(piece);
    }

    private void PropagateLost()
    {
        if (_options.Propagation == PoisonPropagation.None)
            return;
        foreach (LostRange range in _lost)
        {
            nuint start = UserSpace.Untagged((nuint)_destination) + range.Offset;
            PoisonRegistry.OfProcess.MarkEverywhere(start, range.Length);
            nuint firstPage = (start + PageMask) & ~PageMask;
            nuint endPage = (start + range.Length) & ~PageMask;
            if (_options.Propagation == PoisonPropagation.Fault && firstPage < endPage)
                _propagationFailure ??= UserfaultfdPoison.Install((byte*)firstPage, endPage - firstPage);
        }
    }
}
