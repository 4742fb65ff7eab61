using CopyMc.Bench.Measurement;
using CopyMc.Bench.Output;

namespace CopyMc.Bench.Tests.Output;

public sealed class ReportFileTests
{
    [Fact]
    public void A_link_stays_a_link_and_what_it_points_to_is_written()
    {
        using var directory = new TemporaryDirectory();
        string target = directory.Write("target.json", [1, 2, 3]);
        File.CreateSymbolicLink(directory.File("link.json"), target);
        Write(directory.File("link.json"));
        Assert.NotNull(new FileInfo(directory.File("link.json")).LinkTarget);
        Assert.Equal((byte)'{', File.ReadAllBytes(target)[0]);
        Assert.Equal(2, Directory.GetFiles(directory.Path).Length);
    }

    [Fact]
    public void What_cannot_be_written_leaves_what_was_there_and_nothing_else()
    {
        using var directory = new TemporaryDirectory();
        var file = new ReportFile(directory.File("report.json"));
        Directory.CreateDirectory(directory.File("report.json"));
        Assert.Throws<IOException>(() => file.Write(Report(), ReportJson.Default.QuickReport));
        Assert.Empty(Directory.GetFiles(directory.Path));
    }

    private static void Write(string path) => new ReportFile(path).Write(Report(), ReportJson.Default.QuickReport);

    private static QuickReport Report() => new()
    {
        StartedAt = DateTimeOffset.UnixEpoch,
        Machine = Machine.MachineProbe.Run(CopyEngine.Shared),
        Throughput = new ThroughputReport { Rounds = 1, BatchMilliseconds = 1, Baseline = Contenders.Baseline, Points = [] },
        TotalSeconds = 0,
        EveryCheckHeld = true,
    };
}
