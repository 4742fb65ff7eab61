namespace CopyMc.Contract;

/// <summary>A marked line that no copy of the test touches, so that copies ask the maps.</summary>
internal sealed unsafe class PoisonElsewhere : IDisposable
{
    private readonly PoisonMap? _map;

    internal PoisonElsewhere(bool exists)
    {
        // The memory that a map covers need not be mapped.
        if (!exists)
            return;
        _map = new PoisonMap((void*)0x1000, 64);
        _map.Mark(0);
    }

    public void Dispose() => _map?.Dispose();
}
