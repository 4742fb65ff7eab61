using CopyMc.Engine.Tests.Children;

namespace CopyMc.Engine.Tests.Faults;

/// <summary>Recovery works during collections and exceptions on other threads.</summary>
public sealed class RecoveryStressTests
{
    private const int Recoveries = 200_000;

    [Theory]
    [InlineData("workstation")]
    [InlineData("server")]
    public void Two_hundred_thousand_recoveries_on_six_threads_beside_collections_and_null_references_are_exact(string collector)
    {
        Assert.SkipUnless(FaultRecovery.IsSupported, FaultRecovery.UnsupportedReason ?? "");
        var environment = new Dictionary<string, string?> { ["DOTNET_gcServer"] = collector == "server" ? "1" : "0" };
        ChildResult result = ChildProcess.Run(environment, nameof(RecoveryStress), $"{Recoveries}");

        Assert.True(result.ExitCode == 0, $"exit code {result.ExitCode}: {result.Error}");
        int[] counts = [.. result.Output.Split(' ').Select(int.Parse)];
        Assert.True(counts[0] >= Recoveries, result.Output);
        Assert.True(counts[1] > 0 && counts[2] > 0, $"No collection or exception ran: {result.Output}");
        TestContext.Current.TestOutputHelper?.WriteLine($"recoveries, collections, null references: {result.Output}");
    }
}
