namespace CopyMc.Contract.Agreement;

/// <summary>Whether the mapping is still registered with userfaultfd when MADV_COLLAPSE is called.</summary>
public enum UserfaultfdRegistration
{
    /// <summary>It is not; markers that were planted are still there.</summary>
    None,

    /// <summary>UFFDIO_REGISTER_MODE_MISSING.</summary>
    Missing,

    /// <summary>UFFDIO_REGISTER_MODE_WP.</summary>
    WriteProtect,
}
