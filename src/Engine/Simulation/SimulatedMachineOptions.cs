namespace CopyMc.Simulation;

/// <summary>Settings of a <see cref="SimulatedMachine"/>, read when it is made.</summary>
public sealed class SimulatedMachineOptions
{
    /// <summary>
    /// The engine that copies the pages; <see langword="null"/>: <see cref="CopyEngine.Shared"/>, and for the copies of a collapse an engine with
    /// <see cref="CopyHint.Streaming"/>.
    /// </summary>
    public CopyEngine? Engine { get; init; }

    /// <summary>The modelled kernel.</summary>
    public KernelVersion Kernel { get; init; } = KernelVersion.Linux618;

    /// <summary>The size of swap in pages of 4 KiB.</summary>
    public int SwapPages { get; init; }

    /// <summary>Which anonymous memory and read-only files may have huge pages.</summary>
    public ThpMode Enabled { get; init; } = ThpMode.Madvise;

    /// <summary>Which shmem may have huge pages.</summary>
    public ThpMode ShmemEnabled { get; init; } = ThpMode.Madvise;

    /// <summary>Whether a page fault may map a huge page. If not, every page starts small.</summary>
    public bool HugePagesAtFault { get; init; }

    /// <summary>
    /// Whether loads from memory that was never written, and <c>UFFDIO_ZEROPAGE</c>, map the zero page. If not, each gets a new page, as on kernels of
    /// some virtual machines (seen on a 6.18 booted with <c>pvm_no_zero_page</c>). Splitting a huge page maps the zero page there too.
    /// </summary>
    public bool UseZeroPage { get; init; } = true;

    /// <summary>Whether regular files can be collapsed (<c>CONFIG_READ_ONLY_THP_FOR_FS</c>; since Linux 7.2, whether the file system has huge pages).</summary>
    public bool ReadOnlyFileThp { get; init; } = true;

    /// <summary>Whether dropping all pages of a page table frees the table (<c>CONFIG_PT_RECLAIM</c>), in kernels with this option.</summary>
    public bool PageTableReclaim { get; init; } = true;
}
