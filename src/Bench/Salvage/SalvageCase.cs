using System.Diagnostics;

namespace CopyMc.Bench.Salvage;

/// <summary>2 MiB with some bad pages, which are unknown again before each salvage.</summary>
internal sealed unsafe class SalvageCase : IDisposable
{
    private const int PageCount = NativeRegion.HugePageSize / NativeRegion.PageSize;

    private readonly NativeRegion _source = new(NativeRegion.HugePageSize);
    private readonly NativeRegion _destination;
    private readonly byte[] _content = new byte[NativeRegion.HugePageSize];
    private readonly HashSet<int> _badPages;

    internal SalvageCase(int badPages, SalvageLayout layout, PoisonSource poison, NativeRegion destination)
    {
        BadPages = badPages;
        Layout = layout;
        _destination = destination;
        new Random(badPages).NextBytes(_content);
        _content.CopyTo(_source.Span);
        _badPages = [.. Enumerable.Range(0, badPages).Select(i => layout == SalvageLayout.Spread ? (2 * i + 1) * PageCount / (2 * badPages) : PageCount / 2 + i)];
        foreach (int page in _badPages)
            PoisonInjector.Inject(_source, (nuint)page * NativeRegion.PageSize, poison);
    }

    internal int BadPages { get; }

    internal SalvageLayout Layout { get; }

    public void Dispose() => _source.Dispose();

    /// <summary>Times one salvage, in nanoseconds, after some untimed ones that bring the memory into the caches.</summary>
    internal double Time(CopyEngine engine, SalvageOptions options)
    {
        for (int i = 0; i < SalvageRun.Untimed; i++)
            _ = TimeOnce(engine, options);
        return TimeOnce(engine, options);
    }

    private double TimeOnce(CopyEngine engine, SalvageOptions options)
    {
        long start = Stopwatch.GetTimestamp();
        _ = engine.Salvage(_source.Pointer, _destination.Pointer, _source.Length, options);
        double elapsed = Stopwatch.GetElapsedTime(start).TotalNanoseconds;
        _source.Poison.Clear(0, _source.Length);
        return elapsed;
    }

    /// <summary>Whether a salvage loses exactly the bad pages and copies everything else.</summary>
    internal bool IsExact(CopyEngine engine, SalvageOptions options)
    {
        _destination.Span.Clear();
        SalvageResult result = engine.Salvage(_source.Pointer, _destination.Pointer, _source.Length, options);
        _source.Poison.Clear(0, _source.Length);
        var lost = new HashSet<int>();
        foreach (LostRange range in result.Lost)
        {
            if (range.Offset % NativeRegion.PageSize != 0 || range.Length % NativeRegion.PageSize != 0)
                return false;
            lost.UnionWith(Enumerable.Range((int)(range.Offset / NativeRegion.PageSize), (int)(range.Length / NativeRegion.PageSize)));
        }
        bool rightBytes = Enumerable.Range(0, PageCount).Where(page => !_badPages.Contains(page)).Select(page => page * NativeRegion.PageSize)
            .All(at => _destination.Span.Slice(at, NativeRegion.PageSize).SequenceEqual(_content.AsSpan(at, NativeRegion.PageSize)));
        return rightBytes && lost.SetEquals(_badPages);
    }
}
