namespace CopyMc.Bench.Measuring;

/// <summary>Where latent poison comes from on this machine.</summary>
internal sealed class LatentPoison
{
    private LatentPoison(PoisonSource? mostReal, PoisonSource? free, string? skippedReason)
    {
        MostReal = mostReal;
        Free = free;
        SkippedReason = skippedReason;
    }

    /// <summary>The most real source; null if there is none that an engine survives.</summary>
    internal PoisonSource? MostReal { get; }

    /// <summary>The most real source that costs nothing: HwPoison takes frames from the machine until it boots again.</summary>
    internal PoisonSource? Free { get; }

    internal string? SkippedReason { get; }

    internal static LatentPoison For(CopyEngine engine)
    {
        if (!engine.Kernel.RecoversFromFaults)
            return new(null, null, FaultRecovery.UnsupportedReason ?? $"the kernel {engine.Kernel.Name} does not recover from faults");
        PoisonSource[] sources = [.. UsablePoison.Sources.Where(source => source != PoisonSource.Bitmap)];
        return sources.Length == 0
            ? new(null, null, $"{PoisonSource.TruncatedMapping}: {PoisonInjector.UnsupportedReason(PoisonSource.TruncatedMapping)}")
            : new(sources[^1], sources.Where(source => source != PoisonSource.HwPoison).Cast<PoisonSource?>().LastOrDefault(), null);
    }

    internal PoisonSource? ForRegion(int region) => region == 0 ? MostReal : Free;
}
