namespace CopyMc.Engine.Tests.Simulation.Shadow;

/// <summary>The possible contents of each page of a process or a file: one of <see cref="Contents"/>, or several after a call that was not completed.</summary>
internal sealed class ShadowPages
{
    private readonly int[][] _pages;

    internal ShadowPages(int count, int content)
    {
        _pages = new int[count][];
        Array.Fill(_pages, [content]);
    }

    private ShadowPages(int[][] pages) => _pages = pages;

    internal int Count => _pages.Length;

    internal int[] this[int page]
    {
        get => _pages[page];
        set => _pages[page] = value;
    }

    internal ShadowPages Copy() => new([.. _pages]);

    internal void Set(int page, int content) => _pages[page] = [content];

    internal void Allow(int page, int content)
    {
        if (!May(page, content))
            _pages[page] = [.. _pages[page], content];
    }

    internal bool May(int page, int content) => Array.IndexOf(_pages[page], content) >= 0;
}
