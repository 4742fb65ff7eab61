namespace CopyMc;

/// <summary>How a salvage marks the lost bytes of its destination.</summary>
public enum PoisonPropagation
{
    /// <summary>Not at all.</summary>
    None,

    /// <summary>The lines that hold lost bytes are marked in every live map that covers the destination.</summary>
    Map,

    /// <summary>
    /// As <see cref="Map"/>. In addition, an access to a page of the destination that is lost whole raises SIGBUS (<c>UFFDIO_POISON</c>).
    /// Pages that are lost in part are only marked.
    /// </summary>
    Fault,
}
