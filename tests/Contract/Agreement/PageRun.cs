namespace CopyMc.Contract.Agreement;

/// <summary>Pages that are alike.</summary>
public readonly record struct PageRun(PageRange Range, PageState State)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Range}:{ProbeWord.Of(State)}";
}
