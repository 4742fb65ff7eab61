namespace CopyMc.Contract.Agreement;

/// <summary>Who calls MADV_COLLAPSE when the process has forked after the pages were written.</summary>
public enum ForkCaller
{
    /// <summary>There was no fork.</summary>
    None,

    /// <summary>The parent; the child waits.</summary>
    Parent,

    /// <summary>The child; the parent waits.</summary>
    Child,
}
