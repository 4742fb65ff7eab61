namespace CopyMc.Simulation;

/// <summary>The kind of a pin.</summary>
public enum PinKind
{
    /// <summary>A reference (<c>FOLL_GET</c>), as <c>vmsplice(2)</c> takes it.</summary>
    Reference,

    /// <summary>Pinned for I/O (<c>FOLL_PIN</c>), as a registered buffer of io_uring is: <c>fork(2)</c> copies the page for the child at once.</summary>
    Io,
}
