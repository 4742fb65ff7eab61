namespace CopyMc.Bench.Measuring;

/// <summary>The sources of latent poison on this machine.</summary>
internal sealed class LatentPoison
{
    private LatentPoison(PoisonSource? mostReal, PoisonSource? free, string? skippedReason)
    {
        MostReal = mostReal;
        Free = free;
        SkippedReason = skippedReason;
    }

    /// <summary>The most real source; null if the engine recovers from none.</summary>
    internal PoisonSource? MostReal { get; }

    /// <summary>The most real source that costs no memory: HwPoison takes frames from the machine until the next boot.</summary>
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
