namespace CopyMc.Contract.Agreement;

/// <summary>What was advised for the mapping before the call.</summary>
public enum MappingAdvice
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>MADV_HUGEPAGE.</summary>
    Huge,

    /// <summary>MADV_NOHUGEPAGE.</summary>
    NoHuge,
}
