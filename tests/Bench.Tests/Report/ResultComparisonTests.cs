using CopyMc.Bench.Report;

namespace CopyMc.Bench.Tests.Report;

/// <summary>What is called faster or slower, on a machine whose noise is known.</summary>
public sealed class ResultComparisonTests
{
    private const int Repetitions = 40;

    /// <summary>How far a row may move by itself if a single pair of runs is to show ten percent.</summary>
    private const double Quiet = 0.02;

    [Theory]
    [InlineData(0.01)]
    [InlineData(0.03)]
    [InlineData(0.10)]
    public void Of_the_same_run_twice_at_most_five_percent_of_the_rows_differ(double rowNoise)
    {
        int different = 0, judged = 0;
        for (int i = 0; i < Repetitions; i++)
        {
            var comparison = ResultComparison.Of([SyntheticTimings.Run(2 * i, rowNoise)], [SyntheticTimings.Run(2 * i + 1, rowNoise)]);
            different += comparison.Judged.Count(row => row.Change.Verdict != Verdict.WithinNoise);
            judged += comparison.Judged.Count();
        }
        Assert.InRange(different, 0, judged * 0.05);
    }

    [Fact]
    public void One_kernel_slowed_by_ten_percent_is_called_slower_and_no_other()
    {
        int called = 0, others = 0;
        for (int i = 0; i < Repetitions; i++)
        {
            var comparison = ResultComparison.Of(
                [SyntheticTimings.Run(2 * i, Quiet)], [SyntheticTimings.Run(2 * i + 1, Quiet, (method, _) => method == "native-3" ? 1.1 : 1)]);
            if (Of(comparison, "native-3").Verdict == Verdict.Slower)
            {
                called++;
                Assert.InRange(comparison.WorstRegressionPercent, 5, 100);
            }
            others += comparison.Methods.Count(method => method.Method != "native-3" && method.Change.Verdict != Verdict.WithinNoise);
        }
        Assert.InRange(called, 0.95 * Repetitions, Repetitions);
        Assert.InRange(others, 0, Repetitions * 15 * 0.05);
    }

    [Fact]
    public void All_of_our_kernels_slowed_together_are_called_slower_for_the_controls_are_not()
    {
        for (int i = 0; i < Repetitions; i++)
        {
            var comparison = ResultComparison.Of(
                [SyntheticTimings.Run(2 * i, Quiet)], [SyntheticTimings.Run(2 * i + 1, Quiet, (method, _) => SyntheticTimings.Native.Contains(method) ? 1.15 : 1)]);
            Assert.All(SyntheticTimings.Native, method => Assert.Equal(Verdict.Slower, Of(comparison, method).Verdict));
        }
    }

    [Fact]
    public void A_machine_at_half_the_speed_slows_nobody()
    {
        var comparison = ResultComparison.Of([SyntheticTimings.Run(1)], [SyntheticTimings.Run(2, factor: (_, _) => 2)]);
        Assert.InRange(comparison.Judged.Count(row => row.Change.Verdict != Verdict.WithinNoise), 0, comparison.Judged.Count() * 0.05);
        Assert.All(comparison.Methods, method => Assert.Equal(Verdict.WithinNoise, method.Change.Verdict));
    }

    [Fact]
    public void Another_machine_at_half_the_speed_slows_everybody()
    {
        var comparison = ResultComparison.Of([SyntheticTimings.Run(1)], [SyntheticTimings.Run(2, factor: (_, _) => 2)], onOneMachine: false);
        Assert.All(comparison.Methods, method => Assert.Equal(Verdict.Slower, method.Change.Verdict));
        Assert.InRange(comparison.ControlsPercent!.Value, -70, -20);
    }

    [Fact]
    public void One_size_of_one_kernel_at_half_the_speed_is_called_slower_there_alone()
    {
        var comparison = ResultComparison.Of(
            [SyntheticTimings.Run(3)], [SyntheticTimings.Run(4, factor: (method, size) => method == "native-5" && size == 2 ? 2 : 1)]);
        ComparedRow row = comparison.Rows.Single(row => row is { Method: "native-5", Group: "size 2" });
        Assert.Equal(Verdict.Slower, row.Change.Verdict);
        Assert.InRange(row.Change.Percent, -60, -40);
        Assert.Contains(comparison.Rows, other => other is { Method: "native-5", Group: "size 3", Change.Verdict: Verdict.WithinNoise });
    }

    [Fact]
    public void What_is_faster_one_way_round_is_slower_the_other()
    {
        IReadOnlyList<Timing> one = SyntheticTimings.Run(5), other = SyntheticTimings.Run(6, factor: (method, _) => method == "native-1" ? 0.7 : 1);
        Assert.Equal(Verdict.Faster, Of(ResultComparison.Of([one], [other]), "native-1").Verdict);
        Assert.Equal(Verdict.Slower, Of(ResultComparison.Of([other], [one]), "native-1").Verdict);
    }

    [Fact]
    public void Several_runs_on_either_side_make_the_interval_narrower()
    {
        double Width(int runs)
        {
            IReadOnlyList<Timing>[] Side(int seed) => [.. Enumerable.Range(seed, runs).Select(run => SyntheticTimings.Run(run))];
            Change change = Of(ResultComparison.Of(Side(100), Side(200)), "native-2");
            return change.UpperPercent - change.LowerPercent;
        }
        Assert.True(Width(9) < 0.6 * Width(1));
    }

    [Fact]
    public void A_result_compared_with_itself_has_no_change()
    {
        IReadOnlyList<Timing> run = SyntheticTimings.Run(7);
        Assert.All(ResultComparison.Of([run], [run]).Rows, row => Assert.Equal((0, Verdict.WithinNoise), (row.Change.Percent, row.Change.Verdict)));
    }

    private static Change Of(ResultComparison comparison, string method) => comparison.Methods.Single(one => one.Method == method).Change;
}
