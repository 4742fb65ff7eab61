using System.Diagnostics;
using CopyMc.Bench.Collapse.Scenarios;
using CopyMc.Bench.Results;
using CopyMc.Collapse;

namespace CopyMc.Bench.Tests.Results;

/// <summary>Files of text, whatever stands behind their names.</summary>
public sealed class WholeFileTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void A_scenario_without_end_is_refused() => ExpectTooLarge(path => ScenarioFile.Run(path, kernel: null, new CollapseTrace()));

    [Fact]
    public void A_result_without_end_is_refused() => ExpectTooLarge(path => ResultFile.Read(path));

    [Fact]
    public void The_largest_file_is_read_and_no_larger_one()
    {
        byte[] content = new byte[1 << 20];
        Assert.Equal(content, WholeFile.Read(_directory.Write("largest", content), mostMiB: 1));
        string larger = _directory.Write("larger", new byte[content.Length + 1]);
        Assert.Throws<InvalidInputException>(() => WholeFile.Read(larger, mostMiB: 1));
    }

    [Fact]
    public async Task A_pipe_is_read_to_its_end()
    {
        string pipe = _directory.File("pipe");
        using (Process make = Process.Start("mkfifo", [pipe]))
            await make.WaitForExitAsync(TestContext.Current.CancellationToken);
        byte[] content = new byte[200_000];
        new Random(1).NextBytes(content);
        Task write = Task.Run(() =>
        {
            using var writer = new FileStream(pipe, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
            writer.Write(content);
        }, TestContext.Current.CancellationToken);
        Assert.Equal(content, WholeFile.Read(pipe));
        await write;
    }

    [Fact]
    public void A_byte_order_mark_is_no_part_of_the_text() =>
        Assert.Equal("{}"u8.ToArray(), WholeFile.Read(_directory.Write("marked", [0xEF, 0xBB, 0xBF, .. "{}"u8])));

    private void ExpectTooLarge(Action<string> read)
    {
        string path = _directory.File("z.json");
        File.CreateSymbolicLink(path, "/dev/zero");
        string message = Assert.Throws<InvalidInputException>(() => read(path)).Message;
        Assert.Contains("z.json", message);
        Assert.Contains("larger than 64 MiB", message);
    }
}
