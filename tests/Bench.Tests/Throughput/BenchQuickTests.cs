using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace CopyMc.Bench.Tests.Throughput;

/// <summary><c>copymc bench quick</c>.</summary>
public sealed class BenchQuickTests
{
    [Fact]
    public void It_measures_fourteen_points_and_writes_them_with_their_spread()
    {
        using var directory = new TemporaryDirectory();
        string path = directory.File("quick.json");
        Copymc run = Copymc.Run("bench", "quick", "--smoke", "--json", path).ExpectSuccess();
        Assert.DoesNotContain('\u001b', run.Output);

        using JsonDocument json = JsonDocument.Parse(File.ReadAllBytes(path));
        Assert.Equal("copymc/bench-quick/1", json.RootElement.GetProperty("schema").GetString());
        JsonElement[] points = [.. json.RootElement.GetProperty("throughput").GetProperty("points").EnumerateArray()];
        Assert.Equal(14, points.Length);
        foreach (JsonElement point in points)
        {
            Assert.Contains(point.GetProperty("name").GetString()!, run.Output);
            JsonElement ratio = point.GetProperty("methods")[0].GetProperty("ratioToNativeMemoryCopy");
            Assert.True(ratio.GetProperty("lower").GetDouble() <= ratio.GetProperty("median").GetDouble());
            Assert.True(ratio.GetProperty("median").GetDouble() <= ratio.GetProperty("upper").GetDouble());
            JsonElement roofline = point.GetProperty("roofline");
            Assert.Contains(roofline.GetProperty("name").GetString()!, run.Output);
            Assert.True(roofline.GetProperty("ratio").GetProperty("median").GetDouble() > 0);
        }
        Assert.Equal(["CopyEngine (streaming)"], points
            .Where(point => point.GetProperty("hint").GetString() == "Streaming")
            .Select(point => point.GetProperty("methods")[0].GetProperty("name").GetString()));
    }

    /// <summary>Killed by what it cannot hear of.</summary>
    [Fact]
    public void The_process_that_measures_ends_with_the_one_that_started_it()
    {
        using Process quick = Copymc.Start(null, ["bench", "quick", "--rounds", "1000", "--processes", "2"]);
        int child;
        while ((child = ChildOf(quick.Id)) == 0)
        {
            Assert.False(quick.HasExited);
            Thread.Sleep(20);
        }
        try
        {
            quick.Kill();
            quick.WaitForExit();
            Assert.True(SpinWait.SpinUntil(() => CommandLine(child) is "", TimeSpan.FromMinutes(1)));
        }
        finally
        {
            if (CommandLine(child) is not "")
                Process.GetProcessById(child).Kill();
        }
    }

    /// <returns>0: there is none yet.</returns>
    private static int ChildOf(int parent) => Directory.GetDirectories("/proc")
        .Select(path => int.TryParse(Path.GetFileName(path), NumberStyles.None, CultureInfo.InvariantCulture, out int id) ? id : 0)
        .FirstOrDefault(id => id > 0 && CommandLine(id).Contains("--part") && File.ReadAllText($"/proc/{id}/status").Contains($"PPid:\t{parent}\n"));

    /// <returns>Empty: it has ended, if perhaps nobody asked for its exit code.</returns>
    private static string CommandLine(int process)
    {
        try
        {
            return File.ReadAllText($"/proc/{process}/cmdline");
        }
        catch (IOException)
        {
            return "";
        }
    }
}
