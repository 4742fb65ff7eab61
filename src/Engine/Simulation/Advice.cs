namespace CopyMc.Simulation;

/// <summary>Advice for a range of memory, with the numbers of <c>madvise(2)</c>.</summary>
public enum Advice
{
    /// <summary>No special treatment.</summary>
    Normal = 0,

    /// <summary>Expect accesses in random order.</summary>
    Random = 1,

    /// <summary>Expect accesses in sequential order.</summary>
    Sequential = 2,

    /// <summary>Expect accesses soon: read in pages of files and swap.</summary>
    WillNeed = 3,

    /// <summary>Drop the pages: anonymous memory then reads as zeros, and memory of a file as the content of the file.</summary>
    DontNeed = 4,

    /// <summary>Drop the pages of anonymous memory when memory is short, unless they are written before that.</summary>
    Free = 8,

    /// <summary>Punch a hole into the file behind a shared mapping.</summary>
    Remove = 9,

    /// <summary>A child of <c>fork(2)</c> does not get the range.</summary>
    DontFork = 10,

    /// <summary>Undo <see cref="DontFork"/>.</summary>
    DoFork = 11,

    /// <summary>Huge pages are wanted.</summary>
    HugePage = 14,

    /// <summary>Huge pages are refused.</summary>
    NoHugePage = 15,

    /// <summary>A child of <c>fork(2)</c> finds zeros in the range.</summary>
    WipeOnFork = 18,

    /// <summary>Undo <see cref="WipeOnFork"/>.</summary>
    KeepOnFork = 19,

    /// <summary>The pages have not been used for long: reclaim may take them first.</summary>
    Cold = 20,

    /// <summary>Reclaim the pages: send them to swap or to their file.</summary>
    PageOut = 21,

    /// <summary>Fault the pages in as loads would.</summary>
    PopulateRead = 22,

    /// <summary>Fault the pages in as stores would.</summary>
    PopulateWrite = 23,

    /// <summary>As <see cref="DontNeed"/>, on locked memory too.</summary>
    DontNeedLocked = 24,

    /// <summary>Collapse the range into huge pages.</summary>
    Collapse = 25,

    /// <summary>Drop the pages and install guards: an access is SIGSEGV (Linux 6.13).</summary>
    GuardInstall = 102,

    /// <summary>Remove guards (Linux 6.13).</summary>
    GuardRemove = 103,
}
