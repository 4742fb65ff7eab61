namespace CopyMc.Contract;

/// <summary>A region with one page that faults.</summary>
internal sealed unsafe class PoisonedPage : IDisposable
{
    /// <summary>The default number of bytes on either side of the page, enough for the longest of the short overruns.</summary>
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

    /// <summary>The fault of a copy that runs into the page, on either side.</summary>
    internal CopyFault Fault(CopySide side, CopyFaultKind kind) => new(kind, side, (nuint)Start, NativeRegion.PageSize);

    /// <summary>The fault of a copy after the page was marked in the map.</summary>
    internal CopyFault Known(nuint from) =>
        new(CopyFaultKind.KnownPoison, CopySide.Source, nuint.Max(from & ~(nuint)(PoisonMap.LineSize - 1), (nuint)Start), PoisonMap.LineSize);

    /// <summary>
    /// The kind of fault that a source of poison causes. <see cref="PoisonSource.UffdPoison"/> is a machine check only with
    /// <c>CONFIG_MEMORY_FAILURE</c>. <see cref="PoisonSource.HwPoison"/> needs that and a privilege, so without it either kind is accepted.
    /// </summary>
    internal bool IsKind(CopyFaultKind kind) => _source switch
    {
        PoisonSource.HwPoison => kind == CopyFaultKind.MachineCheck,
        PoisonSource.UffdPoison => kind is CopyFaultKind.MachineCheck or CopyFaultKind.BusError,
        _ => kind == CopyFaultKind.BusError,
    };

    // Needs no healing, because the page is unmapped.
    public void Dispose() => Region.Dispose();
}
