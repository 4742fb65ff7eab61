namespace CopyMc.Contract.Promises;

/// <summary>A scan finds the poison that the kernel knows, before an access.</summary>
public sealed unsafe class Scanning
{
    private const int Pages = 8;
    private const int Lost = 3 * NativeRegion.PageSize;
    private const int LinesOfPage = NativeRegion.PageSize / PoisonMap.LineSize;

    public void A_scan_marks_exactly_the_poisoned_page(PoisonSource source, RegionKind kind)
    {
        if (PoisonScan.UnsupportedReason is { } reason)
            Require.Unavailable(reason);
        using NativeRegion region = kind.Make(Pages * NativeRegion.PageSize);
        Pattern.Fill(region.Span, seed: 16);
        Require.Equal(0, PoisonScan.Run(region.Poison));
        try
        {
            PoisonInjector.Inject(region, Lost + 100, source);
        }
        catch (PlatformNotSupportedException refusal)
        {
            Require.Unavailable(refusal.Message);
        }

        // Pages beyond the end of a file are not poison, so a scan does not find them.
        int found = source == PoisonSource.TruncatedMapping ? 0 : LinesOfPage;
        using var part = new PoisonMap(region.Pointer + Lost + 1000, 100);
        Require.Equal(found == 0 ? 0 : 3, PoisonScan.Run(part));
        Require.Equal(found, region.Poison.PoisonedLineCount);
        Require.Equal(found, PoisonScan.Run(region.Poison));
        Require.Equal(found, region.Poison.PoisonedLineCount);
        if (found == 0)
            return;

        using var destination = new NativeRegion(region.Length);
        Require.Equal(region.Length - Lost, CopyEngine.Shared.Copy(region.Pointer, destination.Pointer, region.Length, out CopyFault fault));
        Require.Equal(CopyFaultKind.KnownPoison, fault.Kind);
        PoisonInjector.Heal(region, Lost, 1, source);
        Require.Equal(0, PoisonScan.Run(region.Poison));
        Require.Equal(0, region.Poison.PoisonedLineCount);
    }
}
