namespace CopyMc;

/// <summary>A way to poison memory on purpose, from the easiest to the most real.</summary>
public enum PoisonSource
{
    /// <summary>A mark in the region's <see cref="PoisonMap"/>. The memory stays healthy, and there is no signal.</summary>
    Bitmap,

    /// <summary>
    /// The page is replaced by a mapping beyond the end of an empty memfd, as after a mapped file is truncated. SIGBUS with
    /// <c>BUS_ADRERR</c>.
    /// </summary>
    TruncatedMapping,

    /// <summary>
    /// <c>UFFDIO_POISON</c> of userfaultfd(2), Linux 6.6 and later. SIGBUS with <c>BUS_MCEERR_AR</c>, or <c>BUS_ADRERR</c> where the
    /// kernel has no <c>CONFIG_MEMORY_FAILURE</c>.
    /// </summary>
    UffdPoison,

    /// <summary>
    /// <c>madvise(MADV_HWPOISON)</c>: the kernel handles the frame as if the hardware had reported it. Needs <c>CAP_SYS_ADMIN</c> and
    /// <c>CONFIG_MEMORY_FAILURE</c>. SIGBUS with <c>BUS_MCEERR_AR</c>. The frame is lost until reboot.
    /// </summary>
    HwPoison,
}
