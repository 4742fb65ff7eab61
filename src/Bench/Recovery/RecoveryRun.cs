using System.Diagnostics;
using CopyMc.Bench.Measurement;

namespace CopyMc.Bench.Recovery;

/// <summary>
/// Loads a file into pinned regions of 2 MiB, one after another, and copies each with poison in its first, a middle and its last line: known,
/// and latent from the most real source there is. Checks every byte.
/// </summary>
internal sealed unsafe class RecoveryRun(CopyEngine engine, string inputPath, IProgress<PhaseProgress> progress)
{
    private const byte Canary = 0xC5;

    /// <summary>Regions of the input that are looked at, spread over the whole of it: each case of each checks 2 MiB twice.</summary>
    private const int MaxRegions = 64;

    internal RecoveryReport Run()
    {
        using FileStream input = File.OpenRead(inputPath);
        if (input.Length == 0)
            throw new IOException($"'{inputPath}' is empty: there is nothing to copy.");

        long regionBytes = Math.Min(input.Length, NativeRegion.HugePageSize);
        int regions = (int)Math.Min(input.Length / regionBytes, MaxRegions);
        using NativeRegion source = MapPinned((nuint)regionBytes, out string? notPinnedReason);
        using NativeRegion destination = MapPinned((nuint)regionBytes, out _);
        string? latentSkippedReason = LatentSkippedReason(out PoisonSource latent);

        var samples = new Dictionary<(string, PoisonSource), List<RecoveryCase>>();
        for (int region = 0; region < regions; region++)
        {
            progress.Report(new PhaseProgress("recovery", (double)region / regions));
            byte[] content = new byte[regionBytes];
            long start = regions == 1 ? 0 : (input.Length - regionBytes) / (regions - 1) * region;
            input.Position = start;
            input.ReadExactly(content);

            foreach ((string position, nuint offset) in Positions((nuint)regionBytes))
            {
                foreach (PoisonSource poison in latentSkippedReason is null ? [PoisonSource.Bitmap, latent] : (PoisonSource[])[PoisonSource.Bitmap])
                {
                    if (!samples.TryGetValue((position, poison), out List<RecoveryCase>? list))
                        samples.Add((position, poison), list = []);
                    list.Add(One(source, destination, content, position, offset, poison));
                }
            }
        }

        return new RecoveryReport
        {
            InputPath = inputPath,
            InputBytes = input.Length,
            RegionBytes = regionBytes,
            Regions = regions,
            PinnedInMemory = notPinnedReason is null,
            NotPinnedReason = notPinnedReason,
            LatentSkippedReason = latentSkippedReason,
            Cases = [.. samples.Values.Select(Merge)],
        };
    }

    private static IEnumerable<(string, nuint)> Positions(nuint length)
    {
        const nuint Line = PoisonMap.LineSize;
        yield return ("first line", 0);
        yield return ("middle line", length / 2 & ~(Line - 1));
        yield return ("last line", (length - 1) & ~(Line - 1));
    }

    private RecoveryCase One(
        NativeRegion source, NativeRegion destination, byte[] content, string position, nuint offset, PoisonSource poison)
    {
        bool known = poison == PoisonSource.Bitmap;
        content.CopyTo(source.Span);
        destination.Span.Fill(Canary);
        PoisonInjector.Inject(source, offset, poison);
        // A line for known poison; for the rest, the page that holds it.
        nuint unit = known ? (nuint)PoisonMap.LineSize : NativeRegion.PageSize;
        nuint expected = offset & ~(unit - 1);

        long started = Stopwatch.GetTimestamp();
        nuint remaining = engine.Copy(source.Pointer, destination.Pointer, source.Length, out CopyFault fault);
        double microseconds = Stopwatch.GetElapsedTime(started).TotalMicroseconds;

        nuint copied = source.Length - remaining;
        var result = new RecoveryCase
        {
            Position = position,
            Source = poison,
            IsKnown = known,
            PoisonedOffsetBytes = (long)offset,
            BytesCopiedPerRegion = (long)copied,
            BytesNotCopiedPerRegion = (long)remaining,
            FaultKind = fault.Kind,
            FaultSide = fault.Side,
            FaultOffsetBytes = (long)(fault.Address - (nuint)source.Pointer),
            FaultExtentBytes = (long)fault.Extent,
            MedianMicroseconds = microseconds,
            CountExact = copied == expected,
            PrefixEqualsFile = destination.Span[..(int)copied].SequenceEqual(content.AsSpan(0, (int)copied)),
            NothingWrittenAfter = !destination.Span[(int)copied..].ContainsAnyExcept(Canary),
            MapHasLearned = engine.Copy(source.Pointer, destination.Pointer, source.Length, out CopyFault second) == remaining
                && second.Kind == CopyFaultKind.KnownPoison,
        };
        PoisonInjector.Heal(source, offset, 1, poison);
        return result;
    }

    /// <summary>All regions as one: the time is the median, and a check holds if it held everywhere.</summary>
    private static RecoveryCase Merge(List<RecoveryCase> cases)
    {
        // One that failed, if one did: its figures are those to see.
        RecoveryCase shown = cases.FirstOrDefault(recovery => !recovery.CheckHeld) ?? cases[0];
        return shown with
        {
            MedianMicroseconds = Quartiles.Of([.. cases.Select(recovery => recovery.MedianMicroseconds)]).Median,
            CountExact = cases.All(recovery => recovery.CountExact),
            PrefixEqualsFile = cases.All(recovery => recovery.PrefixEqualsFile),
            NothingWrittenAfter = cases.All(recovery => recovery.NothingWrittenAfter),
            MapHasLearned = cases.All(recovery => recovery.MapHasLearned),
        };
    }

    private static NativeRegion MapPinned(nuint length, out string? notPinnedReason)
    {
        try
        {
            notPinnedReason = null;
            return new NativeRegion(length, new NativeRegionOptions { Lock = true });
        }
        catch (Exception error) when (error is IOException or PlatformNotSupportedException)
        {
            notPinnedReason = error.Message;
            return new NativeRegion(length);
        }
    }

    private string? LatentSkippedReason(out PoisonSource latent)
    {
        latent = PoisonInjector.Supported[^1];
        return !engine.Kernel.RecoversFromFaults ? $"the kernel {engine.Kernel.Name} does not recover from faults"
            : latent == PoisonSource.Bitmap ? PoisonInjector.UnsupportedReason(PoisonSource.TruncatedMapping)
            : null;
    }
}
