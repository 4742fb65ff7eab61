using System.Text.Json;

namespace CopyMc.Bench.Tests;

/// <summary>The main job: readable when piped, complete as JSON, and errors in one line.</summary>
public sealed class MainJobTests
{
    [Fact]
    public void It_runs_piped_without_escape_codes_and_writes_everything_as_json()
    {
        string path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        try
        {
            Copymc run = Copymc.Run(null, "--smoke", "--json", path);
            Assert.True(run.ExitCode == 0, run.Error + run.Output);
            Assert.DoesNotContain('\u001b', run.Output);
            Assert.Contains("Every check held", run.Output);

            using JsonDocument json = JsonDocument.Parse(File.ReadAllBytes(path));
            JsonElement root = json.RootElement;
            Assert.Equal("copymc/main-job/1", root.GetProperty("schema").GetString());
            Assert.True(root.GetProperty("everyCheckHeld").GetBoolean());
            Assert.Equal(7, root.GetProperty("throughput").GetProperty("points").GetArrayLength());
            foreach (JsonElement recovery in root.GetProperty("recovery").GetProperty("cases").EnumerateArray())
            {
                long bytes = recovery.GetProperty("bytesCopiedPerRegion").GetInt64() + recovery.GetProperty("bytesNotCopiedPerRegion").GetInt64();
                Assert.Equal(root.GetProperty("recovery").GetProperty("regionBytes").GetInt64(), bytes);
                Assert.True(recovery.GetProperty("prefixEqualsFile").GetBoolean());
            }
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void A_small_input_is_one_small_region()
    {
        string path = Path.GetTempFileName();
        try
        {
            File.WriteAllText(path, "a few bytes only");
            Copymc run = Copymc.Run(null, "--smoke", "--input", path);
            Assert.True(run.ExitCode == 0, run.Error + run.Output);
            Assert.Contains("1 regions of 16 B", run.Output);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void An_input_that_is_not_there_is_one_line_and_exit_code_1() =>
        Copymc.Run(null, "--input", "/no/such/file").ExpectOneLineOfError(1, "/no/such/file");

    [Fact]
    public void An_unknown_kernel_lists_those_there_are() =>
        Copymc.Run(new Dictionary<string, string> { ["COPYMC_KERNEL"] = "avx3" }).ExpectOneLineOfError(1, "native-avx2");

    [Fact]
    public void An_unknown_option_is_exit_code_2_and_suggests_another()
    {
        Copymc run = Copymc.Run(null, "--jsn", "x");
        Assert.Equal(2, run.ExitCode);
        Assert.Contains("--json", run.Error);
    }
}
