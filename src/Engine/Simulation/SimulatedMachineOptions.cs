namespace CopyMc.Simulation;

/// <summary>How a <see cref="SimulatedMachine"/> is built. All values are read when it is made.</summary>
public sealed class SimulatedMachineOptions
{
    /// <summary>What copies the pages; <see langword="null"/>: <see cref="CopyEngine.Shared"/>.</summary>
    public CopyEngine? Engine { get; init; }

    /// <summary>Which kernel's behaviour is modelled.</summary>
    public KernelVersion Kernel { get; init; } = KernelVersion.Linux618;

    /// <summary>Pages of 4 KiB that swap holds.</summary>
    public int SwapPages { get; init; }

    /// <summary>Which anonymous memory and read-only files may have huge pages.</summary>
    public ThpMode Enabled { get; init; } = ThpMode.Madvise;

    /// <summary>Which shmem may have huge pages.</summary>
    public ThpMode ShmemEnabled { get; init; } = ThpMode.Madvise;

    /// <summary>Whether a first touch may be answered with a huge page. Off: every page starts small.</summary>
    public bool HugePagesAtFault { get; init; }

    /// <summary>
    /// Whether loads from memory that was never written, and <c>UFFDIO_ZEROPAGE</c>, share one page of zeros. Off: each gets a page of its own, as on kernels
    /// of some virtual machines (seen on a 6.18 booted with <c>pvm_no_zero_page</c>). Splitting a huge page maps the zero page there too.
    /// </summary>
    public bool UseZeroPage { get; init; } = true;

    /// <summary>Whether regular files can be collapsed (<c>CONFIG_READ_ONLY_THP_FOR_FS</c>; since Linux 7.2, whether the file system has huge pages).</summary>
    public bool ReadOnlyFileThp { get; init; } = true;

    /// <summary>Whether emptying all of a page table's range frees the table (<c>CONFIG_PT_RECLAIM</c>), in kernels that can.</summary>
    public bool PageTableReclaim { get; init; } = true;
}
