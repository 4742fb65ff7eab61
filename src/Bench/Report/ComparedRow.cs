namespace CopyMc.Bench.Report;

/// <summary>One row of two results.</summary>
internal sealed record ComparedRow(string Group, string Method, MethodKind Kind, double BeforeNanoseconds, double AfterNanoseconds, Change Change);
