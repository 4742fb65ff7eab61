using System.Diagnostics;
using CopyMc.Bench.Results;
using CopyMc.Bench.Watch;

namespace CopyMc.Bench.Tests.Watch;

/// <summary><c>copymc watch</c> on another process that copies and meets poison.</summary>
public sealed class WatchTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly List<Process> _processes = [];

    public void Dispose()
    {
        foreach (Process process in _processes)
        {
            process.Kill();
            process.WaitForExit();
            process.Dispose();
        }
        _directory.Dispose();
    }

    [Fact]
    public void It_shows_what_the_process_copies_and_the_poison_that_it_meets()
    {
        int pid = StartCopying();
        string json = _directory.File("watch.json");
        Copymc run = Copymc.Run("watch", Text(pid), "--seconds", "2", "--json", json).ExpectSuccess();
        Assert.DoesNotContain('\u001b', run.Output);

        var report = (WatchReport)ResultFile.Read(json);
        Assert.Equal(pid, report.ProcessId);
        WatchReading first = report.Readings[0], last = report.Readings[^1];
        Assert.True(last.CopiedBytes > 0 && last.Copies > 0);
        Assert.True(last.Hits.BusErrors > first.Hits.BusErrors);
        Assert.Equal(0, last.Hits.MachineChecks);
        // As long as it was asked to, and up to the end.
        Assert.True(last.Seconds - first.Seconds >= 2);
        Assert.Equal(report.Readings.OrderBy(reading => reading.Seconds), report.Readings);
        Assert.Contains(WatchText.Summary(report), run.Output.ReplaceLineEndings(" "));

        WatchedFault fault = report.Faults[0];
        Assert.Equal((CopyFaultKind.BusError, CopySide.Source), (fault.Kind, fault.Side));
        Assert.StartsWith("0x", fault.Address);
        Assert.Contains("fault: BusError in the source at 0x", run.Output);
    }

    [Fact]
    public void It_writes_a_dump_when_poison_is_hit_and_nothing_beside_it()
    {
        string dump = _directory.File("poison.dmp");
        Copymc run = Copymc.Run("watch", Text(StartCopying()), "--seconds", "5", "--dump", dump).ExpectSuccess();
        Assert.Contains($"dump: {dump}", run.Output);
        Assert.Equal([dump], Directory.GetFiles(_directory.Path));
        Assert.Equal("\u007fELF"u8, File.ReadAllBytes(dump).AsSpan(0, 4));
    }

    [Fact]
    public void It_ends_with_the_process()
    {
        int pid = StartCopying();
        using Process watch = Copymc.Start(null, ["watch", Text(pid)]);
        // The first figures are there.
        Assert.Contains("seconds", watch.StandardOutput.ReadLine());
        _processes[0].Kill();
        Copymc run = Copymc.WaitFor(watch).ExpectSuccess();
        Assert.Contains("the process has ended.", run.Output);
        // What a killed process leaves is deleted after the tests.
        Assert.NotEmpty(Directory.GetFiles(ChildFiles.Path, $"*-{pid}-*"));
        Assert.Empty(Directory.GetFiles(Path.GetTempPath(), $"*-{pid}-*"));
    }

    [Fact]
    public void A_process_that_is_gone()
    {
        Process gone = Process.Start("true");
        gone.WaitForExit();
        Copymc.Run("watch", Text(gone.Id)).ExpectOneLineOfError(2, $"no process {gone.Id}");
    }

    [Fact]
    public void A_process_that_is_not_of_DotNet()
    {
        Process sleep = Process.Start("sleep", "60");
        _processes.Add(sleep);
        Copymc.Run("watch", Text(sleep.Id)).ExpectOneLineOfError(2, Text(sleep.Id), "sleep", "no .NET diagnostic port");
    }

    [Fact]
    public void A_process_that_is_stopped()
    {
        int pid = StartCopying();
        Signal("STOP", pid);
        Copymc.Run("watch", Text(pid), "--seconds", "1").ExpectOneLineOfError(2, Text(pid), "does not answer");
    }

    [Fact]
    public void It_ends_when_told_to_although_the_process_was_stopped_meanwhile()
    {
        int pid = StartCopying();
        string json = _directory.File("watch.json");
        using Process watch = Copymc.Start(null, ["watch", Text(pid), "--json", json]);
        Assert.Contains("seconds", watch.StandardOutput.ReadLine());
        Signal("STOP", pid);
        Signal("TERM", watch.Id);
        Copymc run = Copymc.WaitFor(watch).ExpectSuccess();
        Assert.Contains("; the process does not answer.", run.Output.ReplaceLineEndings(" "));
        Assert.True(((WatchReport)ResultFile.Read(json)).ProcessFellSilent);
    }

    /// <summary>A watch makes no engine of its own.</summary>
    [Fact]
    public void A_process_that_does_not_embed_the_engine()
    {
        Process watch = Copymc.Start(null, ["watch", Text(StartCopying())]);
        _processes.Add(watch);
        Assert.Contains("seconds", watch.StandardOutput.ReadLine());
        Copymc.Run("watch", Text(watch.Id)).ExpectOneLineOfError(2, Text(watch.Id), "does not embed the engine");
    }

    [Theory]
    [InlineData("x")]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("99999999999")]
    public void What_is_no_number_of_a_process(string pid) => Copymc.Run("watch", pid).ExpectOneLineOfError(2, "PID", pid, "copymc watch --help");

    /// <summary>Another copymc, which goes past many bad pages for as long as a test takes. It copies by the time that it can be watched.</summary>
    private int StartCopying()
    {
        Assert.SkipUnless(CopyEngine.Shared.Kernel.RecoversFromFaults, "Copies do not recover here.");
        Process process = Copymc.Start(null, ["bench", "salvage", "--rounds", "1000"]);
        _processes.Add(process);
        string socket = $"dotnet-diagnostic-{process.Id}-*-socket";
        while (Directory.GetFiles(ChildFiles.Path, socket).Length == 0)
            Thread.Sleep(20);
        Thread.Sleep(TimeSpan.FromSeconds(1));
        return process.Id;
    }

    private static void Signal(string name, int pid)
    {
        using var kill = Process.Start("kill", [$"-{name}", Text(pid)]);
        kill.WaitForExit();
    }

    private static string Text(int number) => number.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
