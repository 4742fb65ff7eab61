namespace CopyMc;

/// <summary>How one long copy is carried out.</summary>
public sealed class CopyOptions
{
    /// <summary>How many threads copy at the most; 1: the calling thread alone; -1: as many as there are processors.</summary>
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

    /// <summary>Is told, after each block of 2 MiB at the most, how many bytes of all blocks are copied; from any of the copying threads. What it throws ends the
    /// copy and reaches the caller as it is.</summary>
    public IProgress<nuint>? Progress { get; init; }

    /// <summary>Stops the copy between two blocks.</summary>
    public CancellationToken CancellationToken { get; init; }
}
