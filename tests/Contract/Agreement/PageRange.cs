namespace CopyMc.Contract.Agreement;

/// <summary>Pages <c>[First, First + Count)</c>, counted from the 2 MiB boundary that is page 0; <c>default</c> is no page.</summary>
public readonly record struct PageRange(int First, int Count)
{
    /// <summary>One huge page: pages 0 to 511.</summary>
    public static PageRange HugePage { get; } = new(0, 512);

    /// <summary>The page after the last.</summary>
    public int End => First + Count;

    /// <summary>Whether the page is one of these.</summary>
    public bool Contains(int page) => page >= First && page < End;

    /// <inheritdoc/>
    public override string ToString() => $"{First}+{Count}";
}
