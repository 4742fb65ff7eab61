using System.Text.Json;
using CopyMc.Bench.Collapse;
using CopyMc.Bench.Collapse.Scenarios;
using CopyMc.Collapse;

namespace CopyMc.Bench.Tests.Collapse;

/// <summary>Which kernel is modelled is said on the command line or in the file, and in the report.</summary>
public sealed class KernelTests : IDisposable
{
    private const string Poison = """
        { "kernel": "6.1", "regions": [{ "pages": [{ "first": 0, "count": 512 }, { "first": 9, "poison": "known" }] }],
          "actions": [{ "do": "collapse", "by": "madvise", "expect": { "kernelPanic": true } }, { "do": "collapse", "by": "madvise" }] }
        """;

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData("6.1", "KERNEL_PANIC at $.actions[1]: Linux 6.1")]
    [InlineData("6.4", "EINVAL (COPY_MC)")]
    [InlineData("6.18", "EINVAL (COPY_MC)")]
    public void A_built_in_scenario_runs_on_each_kernel(string kernel, string mention)
    {
        string path = _directory.File($"{kernel}.json");
        Copymc run = Copymc.Run("collapse", "poison_known_middle", "--by", "madvise", "--kernel", kernel, "--json", path).ExpectSuccess();
        Assert.Contains(mention, run.Output);
        JsonElement scenario = JsonDocument.Parse(File.ReadAllText(path)).RootElement.GetProperty("scenarios")[0];
        Assert.Equal(kernel, scenario.GetProperty("kernel").GetString());
        Assert.Equal(kernel == "6.1" ? "$.actions[1]" : null, scenario.GetProperty("kernelPanic").GetString());
    }

    [Fact]
    public void A_file_names_its_kernel_and_the_command_line_another()
    {
        string path = _directory.Write("panic.json", Poison);
        Assert.Contains("KERNEL_PANIC", Copymc.Run("collapse", path).ExpectSuccess().Output);
        Copymc later = Copymc.Run("collapse", path, "--kernel", "6.4");
        Assert.Equal(1, later.ExitCode);
        Assert.Contains("$.actions[0]: expected a kernel panic", later.Output);
    }

    [Fact]
    public void A_panic_that_was_not_expected_is_a_failure()
    {
        string path = _directory.Write("surprise.json", Poison.Replace("\"kernelPanic\": true", "\"result\": \"COPY_MC\"", StringComparison.Ordinal));
        Copymc run = Copymc.Run("collapse", path);
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("$.actions[0]: a kernel panic", run.Output);
    }

    [Fact]
    public void An_unknown_kernel_lists_those_that_are_known()
    {
        Copymc.Run("collapse", "full", "--kernel", "6.2").ExpectOneLineOfError(2, "--kernel is one of 6.1, 6.4, 6.12, 6.18, 7.0, 7.3, not '6.2'.");
        string path = _directory.Write("unknown.json", Poison.Replace("\"6.1\"", "\"6.2\"", StringComparison.Ordinal));
        Copymc.Run("collapse", path).ExpectOneLineOfError(2, "line 1 at $.kernel: it is one of 6.1, 6.4, 6.12, 6.18, 7.0, 7.3.");
    }

    [Theory]
    [InlineData("6.12", "anonymous", "guardMarker", true)]
    [InlineData("6.18", "anonymous", "guardMarker", false)]
    [InlineData("6.12", "shmem", "guardMarker", true)]
    [InlineData("6.18", "shmem", "guardMarker", false)]
    [InlineData("6.4", "anonymous", "poisonMarker", true)]
    [InlineData("6.12", "anonymous", "poisonMarker", false)]
    public void What_the_kernel_does_not_have_is_refused_with_its_place(string kernel, string memory, string state, bool isRefused)
    {
        string path = _directory.Write("marker.json", $$"""
            { "regions": [{ "memory": "{{memory}}", "pages": [
                { "first": 0, "count": 512 },
                { "first": 9, "state": "{{state}}" }] }],
              "actions": [{ "do": "collapse", "by": "madvise" }] }
            """);
        Copymc run = Copymc.Run("collapse", path, "--kernel", kernel);
        if (isRefused)
            run.ExpectOneLineOfError(2, $"'{path}', line 3 at $.regions[0].pages[1].state: Linux {kernel} has no '{state}' in {memory} memory.");
        else
            run.ExpectSuccess();
    }

    [Fact]
    public void Pages_are_write_protected_where_absent_ones_cannot_be() => Assert.Contains(
        "EINVAL (PTE_UFFD)",
        Copymc.Run("collapse", _directory.Write("protected.json", """
            { "kernel": "6.1", "regions": [{ "userfaultfd": "writeProtect", "pages": [{ "first": 0, "count": 512, "state": "writeProtected" }] }],
              "actions": [{ "do": "collapse", "by": "madvise" }] }
            """)).ExpectSuccess().Output);

    [Fact]
    public void A_range_that_is_tried_again_after_write_back_is_one_range()
    {
        string path = _directory.Write("dirty.json", """
            { "kernel": "7.0",
              "regions": [{ "memory": "file", "protection": "read", "pages": [{ "first": 0, "count": 512 }, { "first": 7, "state": "dirty" }] }],
              "actions": [{ "do": "collapse", "by": "madvise", "between": [{ "at": "copy", "range": 1, "action": { "do": "fork" } }] }] }
            """);
        CollapseActionReport collapse = Assert.Single(ScenarioFile.Run(path, kernel: null, new CollapseTrace()).Collapses);
        RangeReport range = Assert.Single(collapse.Ranges);
        Assert.Equal(("SUCCEED", 512), (range.Result, range.CopiedPages));
        Assert.Null(Assert.Single(collapse.Between).Result);
    }
}
