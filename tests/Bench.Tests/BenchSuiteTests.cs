namespace CopyMc.Bench.Tests;

/// <summary>The BenchmarkDotNet suites, from the command.</summary>
public sealed class BenchSuiteTests
{
    [Theory]
    [InlineData("throughput", "AlignmentBenchmarks")]
    [InlineData("scaling", "ScalingBenchmarks")]
    public void Options_of_BenchmarkDotNet_are_passed_on(string suite, string listed) =>
        Assert.Contains(listed, Copymc.Run("bench", suite, "--", "--list", "flat").Output);
}
