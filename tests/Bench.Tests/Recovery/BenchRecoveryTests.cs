using CopyMc.Bench.MainJob;
using CopyMc.Bench.Measuring;
using CopyMc.Bench.Recovery;
using CopyMc.Bench.Statistics;

namespace CopyMc.Bench.Tests.Recovery;

/// <summary><c>copymc bench recovery</c>.</summary>
public sealed class BenchRecoveryTests(SmokeRuns runs)
{
    private RecoveryCostReport Report { get; } = (RecoveryCostReport)runs.Bench("recovery").Result;

    private string Output => runs.Bench("recovery").Command.Output;

    private static bool Recovers => CopyEngine.Shared.Kernel.RecoversFromFaults;

    [Fact]
    public void Every_source_of_faults_is_measured_or_skipped_with_its_reason()
    {
        Assert.SkipUnless(Recovers, "Copies do not recover here.");
        foreach (PoisonSource source in Enum.GetValues<PoisonSource>())
        {
            bool measured = Report.Costs.Any(row => row.Role == CostRole.Engine && row.Source == source);
            Assert.Equal(UsablePoison.UnusableReason(source) is null, measured);
            if (!measured)
                Assert.Contains(Report.Skipped, skipped => skipped.What == source.ToString() && Output.ReplaceLineEndings(" ").Contains(skipped.What));
        }
    }

    [Fact]
    public void Every_recovering_kernel_every_place_and_every_peer_is_measured()
    {
        Assert.SkipUnless(Recovers, "Copies do not recover here.");
        Assert.Equal(
            CopyKernel.Available.Where(kernel => kernel.RecoversFromFaults).Select(kernel => kernel.Name).Order(),
            Report.Costs.Where(row => row.Kernel is not null).Select(row => row.Kernel).Distinct().Order());
        foreach (IGrouping<string, CostRow> method in Report.Costs.Where(row => row.Role == CostRole.Peer).GroupBy(row => row.Method))
            Assert.Equal(PoisonPositions.Poisoned, method.Select(row => row.Position));
        Assert.Contains(Report.Costs, row => row.Method == "process_vm_readv on itself" && row.Exact);
        Assert.Equal(Environment.ProcessorCount > 1, Report.Costs.Any(row => row.Threads == 2));
    }

    [Fact]
    public void The_engine_is_exact_everywhere() =>
        Assert.All(Report.Costs.Where(row => row.Role == CostRole.Engine), row =>
        {
            Assert.True(row.Exact, row.ToString());
            Assert.Equal(0, row.WrongBytes);
            Assert.Equal(row.CopyBytes, row.PrefixBytes + row.NotCopiedBytes);
        });

    /// <summary>The C library copies from behind where that is faster, and jumps out of it then.</summary>
    [Fact]
    public void A_peer_that_gives_a_false_count_is_found_out_and_gets_no_time()
    {
        CostRow[] wrong = [.. Report.Costs.Where(row => !row.Exact)];
        Assert.SkipWhen(wrong.Length == 0, "No peer gives a false count here.");
        Assert.All(wrong, row => Assert.Equal(CostRole.Peer, row.Role));
        Assert.Contains("Not exact: ", Output);
    }

    [Fact]
    public void Distributions_ascend_and_their_bars_hold_every_sample() => Assert.All(Report.Costs, row =>
    {
        Assert.All([row.WholeCallNanoseconds, row.RecoveryNanoseconds], Ascends);
        Assert.Equal(row.Samples, row.Histogram.Sum(bucket => bucket.Count));
        Assert.All(row.Histogram, bucket => Assert.True(bucket.FromNanoseconds < bucket.ToNanoseconds && bucket.Count > 0));
        Assert.Equal(row.Histogram.OrderBy(bucket => bucket.FromNanoseconds), row.Histogram);
        Assert.Equal(40 * row.Threads, row.Samples);
    });

    [Fact]
    public void Every_fault_has_a_floor_and_the_floor_is_its_own()
    {
        Assert.SkipWhen(Report.Skipped.Any(skipped => skipped.What.Contains("floor")), "There is no C compiler.");
        foreach (CostRow row in Report.Costs)
        {
            Assert.Equal(row.Source == PoisonSource.Bitmap, row.RatioToFloor is null);
            if (row.Role == CostRole.Floor)
                Assert.Equal(new Quartiles(1, 1, 1), row.RatioToFloor);
        }
    }

    [Fact]
    public void A_split_has_all_four_parts_and_they_fill_the_whole()
    {
        Assert.SkipWhen(Report.Splits.Count == 0, "There is no C compiler, or copies do not recover here.");
        foreach (SplitRow row in Report.Splits)
        {
            Assert.All(
                [row.DeliveryNanoseconds, row.HandlerNanoseconds, row.ReturnNanoseconds, row.TailNanoseconds, row.TotalNanoseconds], Ascends);
            // Each part's longest is at most the whole's longest: the parts were taken out of it in the right order.
            Assert.All(
                [row.DeliveryNanoseconds, row.HandlerNanoseconds, row.ReturnNanoseconds, row.TailNanoseconds],
                part => Assert.True(part.Max <= row.TotalNanoseconds.Max * 1.001 + 1, row.ToString()));
        }
        Assert.Contains(Report.Splits, row => row is { Role: CostRole.Engine, PrefixBytes: > 0 });
    }

    private static void Ascends(Latencies times) =>
        Assert.True(times.P50 <= times.P90 && times.P90 <= times.P99 && times.P99 <= times.P999 && times.P999 <= times.Max && times.P50 > 0, times.ToString());
}
