namespace CopyMc.Bench.Measuring;

/// <summary>The sources of latent poison on this machine.</summary>
/// <param name="MostReal">The most real source; null if the engine recovers from none.</param>
/// <param name="Free">The most real source that costs no memory: HwPoison takes frames from the machine until the next boot.</param>
/// <param name="SkippedReason">Why there is none; null if there is one.</param>
internal sealed record LatentPoison(PoisonSource? MostReal, PoisonSource? Free, string? SkippedReason)
{
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
