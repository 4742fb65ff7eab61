namespace CopyMc;

/// <summary>Settings of one long copy.</summary>
public sealed class CopyOptions
{
    /// <summary>The largest number of threads that copy; 1: only the calling thread; -1: one for each processor.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Set to 0 or less than -1.</exception>
    public int MaxDegreeOfParallelism
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfZero(value, nameof(MaxDegreeOfParallelism));
            ArgumentOutOfRangeException.ThrowIfLessThan(value, -1, nameof(MaxDegreeOfParallelism));
            field = value;
        }
    } = 1;

    /// <summary>
    /// Receives, after each block of at most 2 MiB, the number of bytes copied so far, on any of the copying threads. An exception from
    /// it ends the copy and reaches the caller unchanged.
    /// </summary>
    public IProgress<nuint>? Progress { get; init; }

    /// <summary>Stops the copy between two blocks.</summary>
    public CancellationToken CancellationToken { get; init; }
}
