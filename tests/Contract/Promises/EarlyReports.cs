namespace CopyMc.Contract.Promises;

/// <summary>With early reports, poison that the kernel finds before an access is marked in the maps.</summary>
public sealed unsafe class EarlyReports
{
    private const int Pages = 16, Lost = 5 * NativeRegion.PageSize;

    // In its own process, because a request for early reports is permanent.
    public void A_frame_that_the_kernel_finds_bad_is_marked_before_any_copy_reads_it(PoisonedFrames frames) =>
        Require.Equal((0, "", ""), Child.Start(nameof(ReportFrame)));

    internal static int ReportFrame()
    {
        using var region = new NativeRegion(Pages * NativeRegion.PageSize);
        using var destination = new NativeRegion(region.Length);
        Pattern.Fill(region.Span, seed: 23);
        FaultRecovery.RequestEarlyReports();
        PoisonedFrames.Machine.Report(region, Lost);
        // Another thread receives the signal.
        for (int tries = 0; region.Poison.PoisonedLineCount == 0 && tries < 1000; tries++)
            Thread.Sleep(10);

        Require.Equal(NativeRegion.PageSize / PoisonMap.LineSize, region.Poison.PoisonedLineCount);
        nuint remaining = CopyEngine.Shared.Copy(region.Pointer, destination.Pointer, region.Length, out CopyFault fault);
        Require.Equal(new CopyFault(CopyFaultKind.KnownPoison, CopySide.Source, (nuint)region.Pointer + Lost, PoisonMap.LineSize), fault);
        Require.Equal(region.Length - Lost, remaining);
        PoisonedFrames.Machine.Heal(region, Lost, NativeRegion.PageSize);
        Require.Equal(0u, CopyEngine.Shared.Copy(region.Pointer, destination.Pointer, region.Length));
        return 0;
    }
}
