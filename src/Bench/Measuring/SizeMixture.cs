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

    /// <summary>
    /// The lengths of memcpy calls on Google's servers: 256 quantiles of Memcpy_Fleet.csv of google/fleetbench (commit 070c2244). A twelfth of the calls
    /// copy nothing.
    /// </summary>
    Fleet,
}
