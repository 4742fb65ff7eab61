namespace CopyMc.Bench.Collapse.Scenarios;

/// <summary>What the process may do with a region.</summary>
internal enum RegionProtection
{
    /// <summary><c>PROT_READ | PROT_WRITE</c>.</summary>
    ReadWrite,

    /// <summary><c>PROT_READ</c>.</summary>
    Read,

    /// <summary><c>PROT_NONE</c>.</summary>
    None,
}
