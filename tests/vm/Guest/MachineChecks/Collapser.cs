namespace CopyMc.Guest.MachineChecks;

/// <summary>Which part of the kernel collapses.</summary>
internal enum Collapser
{
    /// <summary>The call of the process: <c>MADV_COLLAPSE</c>.</summary>
    Madvise,

    /// <summary>The kernel's own thread.</summary>
    Khugepaged,
}
