namespace CopyMc.Bench.Report;

/// <summary>One method over all its rows, where the noise of single rows averages out.</summary>
internal sealed record ComparedMethod(string Method, int Rows, Change Change);
