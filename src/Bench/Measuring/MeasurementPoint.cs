namespace CopyMc.Bench.Measuring;

/// <summary>One column of a throughput table.</summary>
/// <param name="Name">The name in tables.</param>
/// <param name="CopyBytes">Bytes of one copy; a power of two, unless the lengths vary.</param>
/// <param name="Temperature">Hot or cold.</param>
/// <param name="Pages">The pages of both buffers.</param>
/// <param name="Hint">What the engine is told about the destination.</param>
/// <param name="Mixture">How the lengths vary; null if all copies have the same bytes. Then <paramref name="CopyBytes"/> is the mean.</param>
internal sealed record MeasurementPoint(
    string Name,
    long CopyBytes,
    Temperature Temperature = Temperature.Hot,
    PageKind Pages = PageKind.Small,
    CopyHint Hint = CopyHint.UsedSoon,
    SizeMixture? Mixture = null)
{
    /// <summary>Bytes that a hot pattern goes over, unless one copy is longer.</summary>
    internal const long HotBytes = 2 << 20;

    private const long KiB = 1 << 10, MiB = 1 << 20;

    /// <summary>The points of the main job.</summary>
    internal static IReadOnlyList<MeasurementPoint> MainJob { get; } =
    [
        new("64 B", 64),
        new("1 KiB", KiB),
        new("4 KiB", 4 * KiB),
        new("64 KiB", 64 * KiB),
        new("2 MiB hot", 2 * MiB),
        new("2 MiB cold", 2 * MiB, Temperature.Cold),
        new("64 MiB", 64 * MiB),
    ];

    /// <summary>The points of <c>bench quick</c>.</summary>
    internal static IReadOnlyList<MeasurementPoint> Quick { get; } =
    [
        new("64 B in L1", 64, Temperature.FirstLevel),
        new("256 B in L1", 256, Temperature.FirstLevel),
        new("1 KiB in L1", KiB, Temperature.FirstLevel),
        new("4 KiB in L1", 4 * KiB, Temperature.FirstLevel),
        new("64 B", 64),
        new("256 B", 256),
        new("1 KiB", KiB),
        new("4 KiB", 4 * KiB),
        new("64 KiB", 64 * KiB),
        Mixed("1 to 128 B", SizeMixture.To128),
        Mixed("1 to 512 B", SizeMixture.To512),
        Mixed("1 to 4096 B", SizeMixture.To4096),
        Mixed("1 B to 64 KiB, log", SizeMixture.LogarithmicTo64K),
        Mixed("pages", SizeMixture.Pages),
        Mixed("Google fleet", SizeMixture.GoogleFleet),
        Mixed("Google A", SizeMixture.GoogleA),
        Mixed("Google D", SizeMixture.GoogleD),
        new("2 MiB hot, 4K pages", 2 * MiB),
        new("2 MiB hot, THP", 2 * MiB, Pages: PageKind.TransparentHuge),
        new("2 MiB cold, default hint", 2 * MiB, Temperature.Cold),
        new("2 MiB cold, streaming hint", 2 * MiB, Temperature.Cold, Hint: CopyHint.Streaming),
        new("64 MiB hot", 64 * MiB),
    ];

    /// <summary>The point of <see cref="Quick"/> with a name.</summary>
    internal static MeasurementPoint OfQuick(string name) => Quick.Single(point => point.Name == name);

    /// <summary>Whether a copy may write around the caches, which is wrong for a destination that is used soon.</summary>
    internal bool MayGoAroundCache => Hint == CopyHint.Streaming || CopyBytes > HotBytes;

    /// <summary>Bytes of each buffer that the pattern goes over.</summary>
    internal long WorkingSetBytes(long poolBytes) => Mixture is not null ? MixedSizes.WindowBytes : Temperature switch
    {
        Temperature.FirstLevel => CopyBytes,
        Temperature.Cold => poolBytes,
        _ => Math.Max(HotBytes, CopyBytes),
    };

    private static MeasurementPoint Mixed(string name, SizeMixture mixture) =>
        new(name, (long)Math.Round(MixedSizes.Of(mixture).MeanBytes), Mixture: mixture);
}
