namespace CopyMc.Guest.MachineChecks;

/// <summary>The part of the kernel that collapses.</summary>
internal enum Collapser
{
    /// <summary>The system call, with <c>MADV_COLLAPSE</c>.</summary>
    Madvise,

    /// <summary>The kernel's own thread.</summary>
    Khugepaged,
}
