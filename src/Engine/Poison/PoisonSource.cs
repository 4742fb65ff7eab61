namespace CopyMc;

/// <summary>A way to poison memory on purpose, from the easiest to the most real.</summary>
public enum PoisonSource
{
    /// <summary>The region's <see cref="PoisonMap"/>: a line is marked, and nothing ever touches it. No signal.</summary>
    Bitmap,

    /// <summary>
    /// The page is replaced by a mapping beyond the end of an empty file in memory: what is left of a mapping whose file was truncated.
    /// SIGBUS with <c>BUS_ADRERR</c>.
    /// </summary>
    TruncatedMapping,

    /// <summary>
    /// <c>UFFDIO_POISON</c> of userfaultfd(2), Linux 6.6 and later. SIGBUS with <c>BUS_MCEERR_AR</c>, or <c>BUS_ADRERR</c> where the
    /// kernel has no <c>CONFIG_MEMORY_FAILURE</c>.
    /// </summary>
    UffdPoison,

    /// <summary>
    /// <c>madvise(MADV_HWPOISON)</c>: the kernel gives the frame up as if the hardware had reported it. Needs <c>CAP_SYS_ADMIN</c> and
    /// <c>CONFIG_MEMORY_FAILURE</c>. SIGBUS with <c>BUS_MCEERR_AR</c>. The frame is lost until reboot.
    /// </summary>
    HwPoison,
}
