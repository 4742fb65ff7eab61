namespace CopyMc.Contract.Agreement;

/// <summary>What madvise(MADV_COLLAPSE) returns in errno.</summary>
public enum CollapseErrno
{
    /// <summary>0: the call succeeded.</summary>
    None = 0,

    /// <summary>EAGAIN.</summary>
    TryAgain = 11,

    /// <summary>ENOMEM.</summary>
    NoMemory = 12,

    /// <summary>EBUSY.</summary>
    Busy = 16,

    /// <summary>EINVAL.</summary>
    Invalid = 22,
}
