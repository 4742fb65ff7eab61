using System.Diagnostics;
using System.Globalization;
using CopyMc.Bench.Measuring;
using CopyMc.Bench.Throughput;
using CopyMc.Bench.Throughput.Quick;

namespace CopyMc.Bench.Tests.Throughput;

/// <summary><c>copymc bench quick</c>.</summary>
public sealed class BenchQuickTests(SmokeRuns runs)
{
    [Fact]
    public void It_measures_every_point_in_two_processes_and_the_streaming_engine_where_the_hint_says_so()
    {
        SmokeRun run = runs.Of("bench", "quick", "--smoke");
        ThroughputReport report = ((QuickReport)run.Result).Throughput;
        Assert.Equal(MeasurementPoint.Quick.Select(point => point.Name), report.Points.Select(point => point.Name));
        Assert.Equal(2, report.Processes);
        foreach (PointResult point in report.Points)
        {
            Assert.Contains(point.Name, run.Command.Output);
            Assert.Contains(point.Roofline!.Name, run.Command.Output);
            Assert.Equal(point.Hint == CopyHint.Streaming ? Contenders.StreamingEngine : Contenders.Shared, point.Methods[0].Name);
        }
    }

    /// <summary>Ended by a signal that it cannot handle.</summary>
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
