using System.Text.Json;
using CopyMc.Bench.Collapse.Scenarios;
using CopyMc.Bench.Results;

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
        string path = Write("panic.json", Poison);
        Assert.Contains("KERNEL_PANIC", Copymc.Run("collapse", path).ExpectSuccess().Output);
        Copymc later = Copymc.Run("collapse", path, "--kernel", "6.4");
        Assert.Equal(1, later.ExitCode);
        Assert.Contains("$.actions[0]: expected a kernel panic", later.Output);
    }

    [Fact]
    public void A_panic_that_was_not_expected_is_a_failure()
    {
        string path = Write("surprise.json", Poison.Replace("\"kernelPanic\": true", "\"result\": \"COPY_MC\"", StringComparison.Ordinal));
        Copymc run = Copymc.Run("collapse", path);
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("$.actions[0]: a kernel panic", run.Output);
    }

    [Fact]
    public void An_unknown_kernel_lists_those_that_are_known()
    {
        Copymc run = Copymc.Run("collapse", "full", "--kernel", "6.2");
        Assert.Equal(2, run.ExitCode);
        Assert.Contains("--kernel is one of 6.1, 6.4, 6.12, 6.18, 7.0, 7.3, not '6.2'.", run.Error);

        string path = Write("unknown.json", Poison.Replace("\"6.1\"", "\"6.2\"", StringComparison.Ordinal));
        InvalidInputException error = Assert.Throws<InvalidInputException>(() => ScenarioFile.Read(path));
        Assert.Contains("line 1 at $.kernel: no kernel that is modelled has this name; there are \"6.1\", \"6.4\", \"6.12\"", error.Message);
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
        string path = Write("marker.json", $$"""
            { "regions": [{ "memory": "{{memory}}", "pages": [
                { "first": 0, "count": 512 },
                { "first": 9, "state": "{{state}}" }] }],
              "actions": [{ "do": "collapse", "by": "madvise" }] }
            """);
        Copymc run = Copymc.Run("collapse", path, "--kernel", kernel);
        Assert.Equal(isRefused ? 2 : 0, run.ExitCode);
        if (isRefused)
            Assert.Contains($"'{path}', line 3 at $.regions[0].pages[1].state: Linux {kernel} has no '{state}' in {memory} memory.", run.Error);
    }

    [Theory]
    [InlineData("missing", "present", "SUCCEED")]
    [InlineData("writeProtect", "present", "SUCCEED")]
    [InlineData("writeProtect", "writeProtected", "PTE_UFFD_WP")]
    public void A_region_can_be_watched_on_the_oldest_kernel(string userfaultfd, string state, string result)
    {
        string path = Write("watched.json", $$"""
            { "regions": [{ "userfaultfd": "{{userfaultfd}}", "pages": [{ "first": 0, "count": 512 }, { "first": 9, "state": "{{state}}" }] }],
              "actions": [{ "do": "collapse", "by": "madvise", "expect": { "result": "{{result}}" } }] }
            """);
        Copymc.Run("collapse", path, "--kernel", "6.1").ExpectSuccess();
    }

    private string Write(string name, string text)
    {
        string path = _directory.File(name);
        File.WriteAllText(path, text);
        return path;
    }
}
