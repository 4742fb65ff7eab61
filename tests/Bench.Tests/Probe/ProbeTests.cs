using System.Text.Json;

namespace CopyMc.Bench.Tests.Probe;

/// <summary><c>copymc probe</c>.</summary>
public sealed class ProbeTests
{
    [Fact]
    public void It_names_every_kernel_and_every_source_and_says_what_is_missing()
    {
        Copymc run = Copymc.Run("probe").ExpectSuccess();
        Assert.DoesNotContain('\u001b', run.Output);
        foreach (CopyKernel kernel in CopyKernel.All)
            Assert.Contains($" {kernel.Name} ", run.Output);
        foreach (PoisonSource source in Enum.GetValues<PoisonSource>())
        {
            string line = run.Output.Split('\n').First(line => line.StartsWith($" {source} ", StringComparison.Ordinal));
            Assert.Contains(PoisonInjector.UnsupportedReason(source) is null ? "yes" : "no: ", line);
        }
    }

    [Theory]
    [InlineData("governor")]
    [InlineData("boost")]
    [InlineData("SMT siblings")]
    [InlineData("NUMA nodes")]
    [InlineData("may use")]
    public void It_says_how_the_CPUs_run_and_what_the_process_may_use(string fact) =>
        Assert.Contains(Copymc.Run("probe").ExpectSuccess().Output.Split('\n'), line => line.StartsWith(fact + " ", StringComparison.Ordinal));

    [Fact]
    public void A_dash_writes_the_json_to_standard_output_and_the_text_to_standard_error()
    {
        Copymc run = Copymc.Run("probe", "--json", "-");
        Assert.Equal(0, run.ExitCode);
        Assert.Contains("instruction sets", run.Error);
        using JsonDocument json = JsonDocument.Parse(run.Output);
        Assert.Equal("copymc/probe/1", json.RootElement.GetProperty("schema").GetString());
        JsonElement machine = json.RootElement.GetProperty("machine");
        Assert.Equal(CopyEngine.Shared.Kernel.Name, machine.GetProperty("chosenKernel").GetString());
        Assert.Equal(CopyKernel.All.Count, machine.GetProperty("kernels").GetArrayLength());
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Features are Linux's.");
        Assert.NotEmpty(machine.GetProperty("features").EnumerateArray());
    }
}
