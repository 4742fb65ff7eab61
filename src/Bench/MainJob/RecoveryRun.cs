using CopyMc.Bench.Measuring;
using CopyMc.Bench.Terminal;

namespace CopyMc.Bench.MainJob;

/// <summary>
/// Reads a file into pinned regions of 2 MiB, one after another, and copies each one without poison, and with poison in its first, a middle and its
/// last line: known, and latent from the most real source available.
/// </summary>
internal sealed class RecoveryRun(CopyEngine engine, string inputPath, IProgress<PhaseProgress> progress)
{
    internal const int RegionBytes = NativeRegion.HugePageSize;

    /// <summary>A few seconds' worth. The rest of a longer file is not copied, and the report says so.</summary>
    internal const long MaxExaminedBytes = 1L << 30;

    private readonly LatentPoison _latent = LatentPoison.For(engine);

    internal RecoveryReport Run()
    {
        using FileStream input = InputFile.Open(inputPath);
        long inputBytes = input.Length;
        long examined = Math.Min(inputBytes, MaxExaminedBytes);
        Rehearse();

        var cases = new List<RecoveryCase>();
        string? notPinnedReason = null;
        RegionTrial? trial = null;
        try
        {
            for (long done = 0; done < examined; done += trial.ByteCount)
            {
                progress.Report(new PhaseProgress($"{done >> 20} of {examined >> 20} MiB", (double)done / examined));
                int length = (int)Math.Min(RegionBytes, examined - done);
                if (trial?.ByteCount != length)
                {
                    trial?.Dispose();
                    trial = new RegionTrial(engine, length);
                    notPinnedReason ??= trial.NotPinnedReason;
                }
                trial.Load(content => InputFile.ReadExactly(input, content));
                int region = (int)(done / RegionBytes);
                cases.AddRange(RunAll(trial, region, _latent.ForRegion(region)));
            }
        }
        finally
        {
            trial?.Dispose();
        }

        return new RecoveryReport(
            inputPath, inputBytes, examined, Math.Min(RegionBytes, inputBytes), Regions: cases[^1].Region + 1, PinnedInMemory: notPinnedReason is null,
            notPinnedReason, engine.Kernel.Name, _latent.MostReal, _latent.Free, _latent.SkippedReason,
            PageFramesLost: cases.Count(one => one.Source == PoisonSource.HwPoison), RecoveryTotal.Of(cases), cases);
    }

    private static List<RecoveryCase> RunAll(RegionTrial trial, int region, PoisonSource? latent)
    {
        List<RecoveryCase> cases = [trial.Run(region, PoisonState.Clean, PoisonPosition.Nowhere, poison: null)];
        foreach (PoisonPosition position in PoisonPositions.Poisoned)
            cases.Add(trial.Run(region, PoisonState.Known, position, PoisonSource.Bitmap));
        if (latent is not null)
        {
            foreach (PoisonPosition position in PoisonPositions.Poisoned)
                cases.Add(trial.Run(region, PoisonState.Latent, position, latent));
        }
        return cases;
    }

    /// <summary>Runs until the runtime has optimized all of the code, which would otherwise slow the first copies.</summary>
    private void Rehearse()
    {
        progress.Report(new PhaseProgress("warming up", 0));
        using var trial = new RegionTrial(engine, 16 * NativeRegion.PageSize);
        for (int tier = 0; tier < 2; tier++)
        {
            for (int i = 0; i < 40; i++)
                _ = RunAll(trial, 0, _latent.Free);
            Thread.Sleep(TimeSpan.FromMilliseconds(250));
        }
    }
}
