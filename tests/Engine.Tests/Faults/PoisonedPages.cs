namespace CopyMc.Engine.Tests.Faults;

/// <summary>One poisoned page for each source of poison, made when first asked for and shared by a class of tests.</summary>
public sealed class PoisonedPages : IDisposable
{
    /// <summary>Bytes on either side: what the longest copies of these tests need.</summary>
    internal const int Healthy = 4 * NativeRegion.PageSize;

    private readonly Dictionary<PoisonSource, PoisonedPage> _pages = [];

    internal PoisonedPage this[PoisonSource source]
    {
        get
        {
            if (!_pages.TryGetValue(source, out PoisonedPage? page))
                _pages.Add(source, page = new PoisonedPage(source, Healthy, Healthy));
            return page;
        }
    }

    /// <summary>Heals them.</summary>
    public void Dispose()
    {
        foreach (PoisonedPage page in _pages.Values)
            page.Dispose();
    }
}
