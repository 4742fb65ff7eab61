namespace CopyMc.Bench.Measurement;

/// <summary>What all contenders did at one point.</summary>
internal sealed record PointResult
{
    public required string Name { get; init; }
    public required long CopyBytes { get; init; }
    public required Temperature Temperature { get; init; }
    public required long WalkedBytesPerBuffer { get; init; }
    public required PageKind Pages { get; init; }
    public required CopyHint Hint { get; init; }

    /// <summary>Whether no timed copy left a byte uncopied.</summary>
    public required bool EveryCopyComplete { get; init; }

    public required IReadOnlyList<MethodResult> Methods { get; init; }

    /// <summary>How near the first method comes to the roofline; null where no raw copy took part.</summary>
    public Roofline? Roofline { get; init; }

    internal MethodResult Method(string name) => Methods.First(method => method.Name == name);
}
