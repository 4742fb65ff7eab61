namespace CopyMc.Contract;

/// <summary>A region with one page in it that faults.</summary>
internal sealed unsafe class PoisonedPage : IDisposable
{
    /// <summary>Bytes on either side where nothing else is asked for: what the longest copies of short overruns need.</summary>
    internal const int Healthy = 4 * NativeRegion.PageSize;

    private readonly PoisonSource _source;
    private readonly nuint _offset;

    internal PoisonedPage(PoisonSource source)
        : this(source, Healthy, Healthy)
    {
    }

    internal PoisonedPage(PoisonSource source, nuint healthyBefore, nuint healthyAfter, NativeRegionOptions? options = null)
    {
        _source = source;
        _offset = healthyBefore;
        Region = new NativeRegion(healthyBefore + NativeRegion.PageSize + healthyAfter, options);
        Pattern.Fill(Region.Span, seed: 3);
        PoisonInjector.Inject(Region, _offset, source);
    }

    internal NativeRegion Region { get; }

    /// <summary>The first byte that faults.</summary>
    internal byte* Start => Region.Pointer + _offset;

    /// <summary>The first byte after the page.</summary>
    internal byte* End => Start + NativeRegion.PageSize;

    /// <summary>What a copy that ran into the page says, from whichever side.</summary>
    internal CopyFault Fault(CopySide side, CopyFaultKind kind) => new(kind, side, (nuint)Start, NativeRegion.PageSize);

    /// <summary>What a copy says that need not run into it any more.</summary>
    internal CopyFault Known(nuint from) =>
        new(CopyFaultKind.KnownPoison, CopySide.Source, nuint.Max(from & ~(nuint)(PoisonMap.LineSize - 1), (nuint)Start), PoisonMap.LineSize);

    /// <summary>
    /// The kind of fault that a source of poison ends in. <see cref="PoisonSource.UffdPoison"/> is a machine check only where the kernel handles
    /// memory failures, which <see cref="PoisonSource.HwPoison"/> needs too, but that needs a privilege besides: there, either will do.
    /// </summary>
    internal bool IsKind(CopyFaultKind kind) => _source switch
    {
        PoisonSource.HwPoison => kind == CopyFaultKind.MachineCheck,
        PoisonSource.UffdPoison => kind is CopyFaultKind.MachineCheck or CopyFaultKind.BusError,
        _ => kind == CopyFaultKind.BusError,
    };

    // Nothing to heal: the page goes with the mapping.
    public void Dispose() => Region.Dispose();
}
