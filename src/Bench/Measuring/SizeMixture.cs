namespace CopyMc.Bench.Measuring;

/// <summary>How the lengths of copies are distributed where they vary. Sources and destinations vary too, at any alignment.</summary>
internal enum SizeMixture
{
    /// <summary>1 to 128 bytes, each as often.</summary>
    To128,

    /// <summary>1 to 512 bytes, each as often.</summary>
    To512,

    /// <summary>1 to 4096 bytes, each as often.</summary>
    To4096,

    /// <summary>1 byte to 64 KiB, each power of two as often.</summary>
    LogarithmicTo64K,

    /// <summary>Whole pages of 4 KiB, aligned.</summary>
    Pages,

    /// <summary>The lengths of memcpy calls on all of Google's servers: Memcpy_Fleet.csv of google/fleetbench. A twelfth of the calls copy nothing.</summary>
    GoogleFleet,

    /// <summary>Those of one service, a third of them of 304 bytes: MemcpyGoogleA.csv of LLVM's libc, from the paper automemcpy (2021).</summary>
    GoogleA,

    /// <summary>Those of a storage system: MemcpyGoogleD.csv of the same.</summary>
    GoogleD,
}
