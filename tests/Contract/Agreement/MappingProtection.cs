namespace CopyMc.Contract.Agreement;

/// <summary>The protection of the mapping when MADV_COLLAPSE is called; it was writable while it was filled.</summary>
public enum MappingProtection
{
    /// <summary>PROT_READ | PROT_WRITE.</summary>
    ReadWrite,

    /// <summary>PROT_READ.</summary>
    ReadOnly,

    /// <summary>PROT_NONE.</summary>
    None,
}
