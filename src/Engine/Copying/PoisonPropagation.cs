namespace CopyMc;

/// <summary>How a salvage keeps its destination from being taken for whole.</summary>
public enum PoisonPropagation
{
    /// <summary>Not at all.</summary>
    None,

    /// <summary>The lines that hold lost bytes are marked in every live map that covers the destination.</summary>
    Map,

    /// <summary>
    /// As <see cref="Map"/>, and every page of the destination that is lost whole is made to fault (<c>UFFDIO_POISON</c>), so that whoever
    /// reads it meets SIGBUS instead of wrong data. Pages that are lost in part are only marked.
    /// </summary>
    Fault,
}
