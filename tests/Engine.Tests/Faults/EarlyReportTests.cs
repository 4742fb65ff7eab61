using CopyMc.Engine.Tests.Children;

namespace CopyMc.Engine.Tests.Faults;

/// <summary>Every copy that starts after the delivery of an early report stops at the reported poison.</summary>
public sealed unsafe class EarlyReportTests
{
    private const int Threads = 4;
    private const int ReportsPerThread = 25_000;
    private const int Pages = 256;

    [Fact]
    public void A_report_marks_every_map_that_covers_it()
    {
        SkipUnlessSupported();
        using var region = new NativeRegion(4 * NativeRegion.PageSize);
        using var over = new PoisonMap(region.Pointer + NativeRegion.PageSize + 100, 1000);
        Assert.Equal(0, EarlyReport.Raise((nuint)region.Pointer + NativeRegion.PageSize));
        Assert.Equal(NativeRegion.PageSize / PoisonMap.LineSize, region.Poison.PoisonedLineCount);
        Assert.True(region.Poison.IsPoisoned(NativeRegion.PageSize) && region.Poison.IsPoisoned(2 * NativeRegion.PageSize - 1));
        Assert.False(region.Poison.IsPoisoned(NativeRegion.PageSize - 1) || region.Poison.IsPoisoned(2 * NativeRegion.PageSize));
        Assert.Equal(0u, over.FirstPoisoned(0, 1000));
    }

    [Fact]
    public void A_hundred_thousand_reports_from_four_threads_are_honoured_while_four_others_copy()
    {
        SkipUnlessSupported();
        using var source = new NativeRegion(Pages * NativeRegion.PageSize);
        bool stop = false;
        string? failure = null;
        // Odd from the delivery of the report until the page is healed.
        int[] delivered = new int[Pages];
        long honoured = 0;
        Thread[] copiers = [.. Enumerable.Range(0, Threads).Select(copier => new Thread(() =>
        {
            using var destination = new NativeRegion(Pages * NativeRegion.PageSize);
            var random = new Random(copier);
            while (!Volatile.Read(ref stop))
            {
                if (random.Next(64) == 0)
                    _ = CopyEngine.Shared.Copy(source.Pointer, destination.Pointer, source.Length);
                int page = random.Next(Pages), before = Volatile.Read(ref delivered[page]);
                nuint length = random.Next(2) == 0 ? 64 : (nuint)NativeRegion.PageSize;
                nuint remaining = CopyEngine.Shared.Copy(source.Pointer + page * NativeRegion.PageSize, destination.Pointer, length);
                if (before % 2 == 0 || Volatile.Read(ref delivered[page]) != before)
                    continue;
                Interlocked.Increment(ref honoured);
                if (remaining != length)
                    failure = $"Page {page} was reported to another thread: {remaining} of {length} remained.";
            }
        }))];
        Thread[] reporters = [.. Enumerable.Range(0, Threads).Select(thread => new Thread(() =>
        {
            using var destination = new NativeRegion(NativeRegion.PageSize);
            for (int i = 0; i < ReportsPerThread && failure is null; i++)
            {
                // Each thread has its own pages and heals them; neighbours share the groups and the filter.
                nuint page = (nuint)(i % (Pages / Threads) * Threads + thread) * NativeRegion.PageSize;
                ref int state = ref delivered[(int)page / NativeRegion.PageSize];
                if (EarlyReport.Raise((nuint)source.Pointer + page) != 0)
                    failure = "The kernel refused the report.";
                Interlocked.Increment(ref state);
                nuint shortCopy = CopyEngine.Shared.Copy(source.Pointer + page + (nuint)(i % 60), destination.Pointer, 64);
                nuint longCopy = CopyEngine.Shared.Copy(source.Pointer + page, destination.Pointer, NativeRegion.PageSize);
                if (shortCopy != 64 || longCopy != NativeRegion.PageSize)
                    failure = $"After report {i} on page {page}: {shortCopy} of 64 and {longCopy} of 4096 remained.";
                Interlocked.Increment(ref state);
                source.Poison.Clear(page, NativeRegion.PageSize);
            }
        }))];
        foreach (Thread thread in (Thread[])[.. copiers, .. reporters])
            thread.Start();
        foreach (Thread thread in reporters)
            thread.Join();
        Volatile.Write(ref stop, true);
        foreach (Thread thread in copiers)
            thread.Join();

        Assert.Null(failure);
        Assert.NotEqual(0, honoured);
        TestContext.Current.TestOutputHelper?.WriteLine($"{Threads * ReportsPerThread} reports; {honoured} copies of other threads found one that stood.");
        Assert.Equal(0, source.Poison.PoisonedLineCount);
        Assert.Equal(source.Length, source.Poison.FirstPoisoned(0, source.Length));
    }

    [Fact]
    public void Early_reports_can_be_requested()
    {
        SkipUnlessSupported();
        FaultRecovery.RequestEarlyReports();
        FaultRecovery.RequestEarlyReports();
        Assert.True(FaultRecovery.IsEnabled);
    }

    private static void SkipUnlessSupported()
    {
        Assert.SkipUnless(FaultRecovery.IsSupported, FaultRecovery.UnsupportedReason ?? "");
        FaultRecovery.Enable();
    }
}
