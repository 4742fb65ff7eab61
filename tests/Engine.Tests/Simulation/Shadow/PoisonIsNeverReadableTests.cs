using System.Globalization;

namespace CopyMc.Engine.Tests.Simulation.Shadow;

/// <summary>
/// Processes write, fork, map, unmap, move, protect, drop, swap, register, poison, punch and collapse at random, and a shadow tracks every byte. A
/// page never reads as content that it never had, and a poisoned page cannot be read before it is dropped, punched or healed.
/// </summary>
public sealed class PoisonIsNeverReadableTests
{
    /// <summary>COPYMC_POISON_SEED repeats one sequence; COPYMC_POISON_SEQUENCES runs more of them, from that seed on.</summary>
    private static readonly int? s_first = Number("COPYMC_POISON_SEED"), s_count = Number("COPYMC_POISON_SEQUENCES");

    [Fact]
    public void No_sequence_reads_poison_or_content_that_a_page_never_had()
    {
        int first = s_first ?? 0;
        int count = s_count ?? (s_first is null ? 100_000 : 1);
        int workers = Environment.ProcessorCount;
        Parallel.For(0, workers, new ParallelOptions { MaxDegreeOfParallelism = workers }, worker =>
        {
            using var machine = new ShadowedMachine();
            for (int seed = first + worker; seed < first + count; seed += workers)
                machine.Run(seed);
        });
    }

    [Fact]
    public void The_sequences_reach_every_case()
    {
        using var machine = new ShadowedMachine();
        for (int seed = 0; seed < 2_000; seed++)
            machine.Run(seed);
        Assert.All(Enum.GetValues<Reached>(), what => Assert.True(machine.HasReached(what), $"{what} was never reached"));
    }

    private static int? Number(string variable) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.None, CultureInfo.InvariantCulture, out int value) ? value : null;
}
