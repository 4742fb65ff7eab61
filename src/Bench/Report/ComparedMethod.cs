namespace CopyMc.Bench.Report;

/// <summary>One method over all its rows: noise that moves rows one by one averages out.</summary>
internal sealed record ComparedMethod(string Method, int Rows, Change Change);
