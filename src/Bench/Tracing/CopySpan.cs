namespace CopyMc.Bench.Tracing;

/// <summary>One copy in a trace; in milliseconds since it began.</summary>
/// <param name="Method">Which of those that are compared; 0 if nothing is.</param>
/// <param name="Start">When it began.</param>
/// <param name="End">When it ended.</param>
internal readonly record struct CopySpan(int Method, double Start, double End);
