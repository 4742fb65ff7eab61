namespace CopyMc.Bench.Tests.Throughput;

/// <summary>The BenchmarkDotNet suites, from the command.</summary>
public sealed class BenchSuiteTests
{
    [Theory]
    [InlineData("throughput", "AlignmentBenchmarks")]
    [InlineData("scaling", "ScalingBenchmarks")]
    [InlineData("suites", "CheckBenchmarks")]
    [InlineData("recovery", "FaultFloorBenchmarks")]
    public void Options_of_BenchmarkDotNet_are_passed_on(string suite, string listed) =>
        Assert.Contains(listed, Copymc.Run("bench", suite, "--", "--list", "flat").ExpectSuccess().Output);

    [Fact]
    public void A_job_of_BenchmarkDotNet_takes_the_place_of_ours()
    {
        using var directory = new TemporaryDirectory();
        Copymc run = Copymc.Run("bench", "throughput", "--", "--filter", "*CheckBenchmarks*", "--job", "dry", "--artifacts", directory.Path).ExpectSuccess();
        Assert.Contains("executed benchmarks: 16", run.Output);
        Assert.Contains("Toolchain=InProcessEmitToolchain", run.Output);
        Assert.DoesNotContain("IterationCount=15", run.Output);
    }

    [Fact]
    public void What_BenchmarkDotNet_does_not_understand_is_a_failure() =>
        Assert.Equal(2, Copymc.Run("bench", "throughput", "--", "--no-such-option").ExitCode);

    [Fact]
    public void Own_options_and_those_of_BenchmarkDotNet_do_not_mix() =>
        Copymc.Run("bench", "recovery", "--samples", "3", "--", "--list", "flat").ExpectOneLineOfError(2, "--samples", "after --");
}
