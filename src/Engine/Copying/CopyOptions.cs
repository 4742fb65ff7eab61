namespace CopyMc;

/// <summary>Settings of one copy with several threads, progress or cancellation.</summary>
public sealed class CopyOptions
{
    /// <summary>The most threads that copy. 1, the default: only the calling thread; -1: one for each processor.</summary>
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
    /// Receives the number of bytes copied so far, after each block of at most 2 MiB. Any of the copying threads may call it. If it throws, the
    /// copy ends, and the caller gets the exception unchanged.
    /// </summary>
    public IProgress<nuint>? Progress { get; init; }

    /// <summary>Stops the copy between two blocks.</summary>
    public CancellationToken CancellationToken { get; init; }
}
