namespace CopyMc.Simulation;

/// <summary>The allowed accesses of an area (<c>PROT_</c> of <c>mmap(2)</c>).</summary>
[Flags]
public enum Protection
{
    /// <summary>No access.</summary>
    None = 0,

    /// <summary>Loads.</summary>
    Read = 1,

    /// <summary>Stores.</summary>
    Write = 2,

    /// <summary>Execution.</summary>
    Execute = 4,

    /// <summary>Loads and stores.</summary>
    ReadWrite = Read | Write,
}
