namespace CopyMc.Simulation;

/// <summary>The error of a system call, with the kernel's name and number (<c>errno(3)</c>).</summary>
public enum Errno
{
    /// <summary>No error.</summary>
    None = 0,

    /// <summary>Not permitted: the memory is sealed, or the mapping may not be changed in this way.</summary>
    EPERM = 1,

    /// <summary>Not found: no area is registered with userfaultfd.</summary>
    ENOENT = 2,

    /// <summary>The content is lost.</summary>
    EIO = 5,

    /// <summary>A page is in use, or the call did only a part: try again.</summary>
    EAGAIN = 11,

    /// <summary>Out of memory, or a part of the range is not mapped.</summary>
    ENOMEM = 12,

    /// <summary>The mapping does not allow this access.</summary>
    EACCES = 13,

    /// <summary>The address cannot be accessed.</summary>
    EFAULT = 14,

    /// <summary>A limit was reached, or another userfaultfd holds the area.</summary>
    EBUSY = 16,

    /// <summary>The page or mapping exists already.</summary>
    EEXIST = 17,

    /// <summary>An argument is not valid.</summary>
    EINVAL = 22,

    /// <summary>The file cannot become longer.</summary>
    EFBIG = 27,

    /// <summary>No space is left in the file system.</summary>
    ENOSPC = 28,

    /// <summary>The modelled kernel does not have this system call.</summary>
    ENOSYS = 38,

    /// <summary>The operation does not apply to this kind of memory or file.</summary>
    EOPNOTSUPP = 95,

    /// <summary>The memory is poisoned.</summary>
    EHWPOISON = 133,
}
