namespace CopyMc.Bench.Measuring;

/// <summary>What one contender did at one point, round by round.</summary>
/// <param name="Name">The contender.</param>
/// <param name="NanosecondsPerCopy">The time of a copy, by round.</param>
/// <param name="CopiedExactly">Whether a copy after the timing moved every byte.</param>
internal sealed record MethodSamples(string Name, double[] NanosecondsPerCopy, bool CopiedExactly);
