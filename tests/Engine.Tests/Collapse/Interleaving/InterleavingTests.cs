using System.Globalization;
using CopyMc.Collapse;

namespace CopyMc.Engine.Tests.Collapse.Interleaving;

/// <summary>
/// Between the steps of one or two collapses, processes fault, fork, exit, write, drop, truncate, punch holes, pin, are swapped out and access
/// poison. After each step every count is right, and no byte is ever wrong.
/// </summary>
public sealed class InterleavingTests
{
    /// <summary>COPYMC_INTERLEAVING_SEED repeats one; COPYMC_INTERLEAVINGS runs more of them, from that seed on.</summary>
    private static readonly int? s_first = Number("COPYMC_INTERLEAVING_SEED"), s_count = Number("COPYMC_INTERLEAVINGS");

    [Fact]
    public void No_interleaving_breaks_an_invariant()
    {
        int first = s_first ?? 0;
        int count = s_count ?? (s_first is null ? 4_000 : 1);
        int workers = Environment.ProcessorCount;
        Parallel.For(0, workers, new ParallelOptions { MaxDegreeOfParallelism = workers }, worker =>
        {
            using var machine = new InterleavedMachine();
            for (int seed = first + worker; seed < first + count; seed += workers)
                machine.Run(seed);
        });
    }

    [Fact]
    public void A_seed_runs_the_same_schedule_every_time()
    {
        using var one = new InterleavedMachine();
        using var other = new InterleavedMachine();
        one.Run(7);
        one.Run(11);
        other.Run(11);
        Assert.NotEmpty(other.Schedule);
        Assert.Equal(other.Schedule, one.Schedule);
    }

    [Fact]
    public void The_schedules_reach_every_result()
    {
        using var machine = new InterleavedMachine();
        var ends = new HashSet<CollapseResult>();
        for (int seed = 0; seed < 3_000; seed++)
            ends.UnionWith(machine.Run(seed));
        CollapseResult[] expected =
        [
            CollapseResult.Succeed, CollapseResult.CopyMc, CollapseResult.PageCount, CollapseResult.AllocHugePageFail, CollapseResult.PmdMapped,
            CollapseResult.PmdNone, CollapseResult.ExceedSwapPte, CollapseResult.Fail, CollapseResult.AnyProcess,
        ];
        Assert.Empty(expected.Except(ends).Select(end => $"{end} of {string.Join(' ', ends)}"));
    }

    private static int? Number(string variable) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.None, CultureInfo.InvariantCulture, out int value) ? value : null;
}
