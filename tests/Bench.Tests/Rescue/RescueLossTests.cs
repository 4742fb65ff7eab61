using System.Diagnostics;
using CopyMc.Bench.Rescue;
using CopyMc.Bench.Terminal;

namespace CopyMc.Bench.Tests.Rescue;

/// <summary>What is lost while it runs is in the map to the byte, everything else is right, and a later run brings it home.</summary>
public sealed class RescueLossTests() : RescueFiles(10 * Window + 1234)
{
    private const int Window = RescueRun.WindowBytes;

    [Theory]
    [InlineData(5 * Window)]
    [InlineData(5 * Window + 4096)]
    [InlineData(5 * Window + 1000)]
    [InlineData(4 * Window - 1)]
    public void A_file_truncated_underneath_is_rescued_to_its_new_end_and_the_rest_when_it_is_whole(int kept)
    {
        RescueOutcome outcome = RescueInProcess(TruncateBefore(3, kept));
        Assert.Equal(
            [new RescueBlock(0, kept, BlockStatus.Finished), new RescueBlock(kept, Content.Length - kept, BlockStatus.BadSector)],
            outcome.Map.Blocks);
        Assert.True(outcome.SourceWasWritten);
        Assert.Equal([.. Content[..kept], .. new byte[Content.Length - kept]], File.ReadAllBytes(Destination));
        Ddrescuelog.Accept(Map, complete: false, kept / 512);

        File.WriteAllBytes(Source, Content);
        Copymc run = Rescue().ExpectSuccess();
        Assert.Contains(FormattableString.Invariant($"{Content.Length - kept:N0} of them by this run; nothing is lost"), run.Output);
        Assert.Equal(Content, File.ReadAllBytes(Destination));
        Ddrescuelog.Accept(Map, complete: true);
    }

    [Fact]
    public void What_comes_and_goes_is_lost_in_parts_and_tried_again()
    {
        RescueOutcome outcome = RescueInProcess(step =>
        {
            if (step % 2 == 1)
                Truncate(1);
            else
                File.WriteAllBytes(Source, Content);
        });
        Assert.Equal(5, outcome.Map.LostBlocks.Count);
        Assert.All(outcome.Map.LostBlocks, (lost, i) => Assert.Equal(new RescueBlock((2 * i + 1) * Window, Window, BlockStatus.BadSector), lost));

        File.WriteAllBytes(Source, Content);
        Assert.Equal(5L * Window, RescueInProcess(_ => { }).NewlyRescuedBytes);
        Assert.Equal(Content, File.ReadAllBytes(Destination));
    }

    [Fact]
    public void What_is_still_lost_stays_in_the_map_and_the_command_lists_it()
    {
        _ = RescueInProcess(TruncateBefore(1, Window));
        // As long as before, for the map is of a source of that size, and gone again when it is read.
        File.WriteAllBytes(Source, Content);
        RescueOutcome outcome = RescueInProcess(_ => Truncate(Window));
        Assert.Equal(Content.Length - Window, outcome.Map.LostBytes);
        Assert.Equal(0, outcome.NewlyRescuedBytes);
        Rescue().ExpectOneLineOfError(2, "is of a source of");
    }

    [Fact]
    public void Told_to_stop_it_saves_the_map_and_goes_on_from_there()
    {
        RescueOutcome outcome = RescueInProcess(_ => { }, stopIn: 4);
        Assert.True(outcome.Interrupted);
        Assert.Equal(5L * Window, outcome.Map.FinishedBytes);
        Assert.Equal(outcome.Map.Blocks, ReadMap().Blocks);
        Ddrescuelog.Accept(Map, complete: false);
        Assert.Equal(Content.Length - 5L * Window, RescueInProcess(_ => { }).NewlyRescuedBytes);
        Assert.Equal(Content, File.ReadAllBytes(Destination));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_destination_that_somebody_changes_meanwhile_ends_it(bool withNothingLeftToWrite)
    {
        Fails(File.Delete, "is not there any more");
        Fails(
            path =>
            {
                File.Delete(path);
                File.WriteAllBytes(path, Content);
            },
            "is another file now");
        // It is locked, so not in this process.
        Fails(path => Process.Start("truncate", ["--size=100", path]).WaitForExit(), "has 100 bytes instead of 20,972,754 bytes");

        void Fails(Action<string> change, string complaint)
        {
            File.WriteAllBytes(Source, Content);
            File.Delete(Destination);
            File.Delete(Map);
            string message = Assert.Throws<IOException>(() => RescueInProcess(step =>
            {
                if (step != 3)
                    return;
                change(Destination);
                if (withNothingLeftToWrite)
                    Truncate(1);
            })).Message;
            Assert.Contains(complaint, message);
            Assert.InRange(ReadMap().FinishedBytes, 0, 3 * Window);
        }
    }

    [Fact]
    public void A_block_device_that_shrinks_is_rescued_to_its_new_end()
    {
        string device = Losetup("--find", "--show", Source);
        try
        {
            RescueOutcome outcome = RescueInProcess(
                step =>
                {
                    if (step == 3)
                    {
                        Truncate(5 * Window + 4096);
                        Losetup("--set-capacity", device);
                    }
                },
                source: device);
            Assert.Equal(5 * Window + 4096, outcome.Map.FinishedBytes);
            Assert.Equal(Content[..(5 * Window + 4096)], File.ReadAllBytes(Destination)[..(5 * Window + 4096)]);

            File.WriteAllBytes(Source, Content);
            Losetup("--set-capacity", device);
            Copymc.Run("rescue", device, Destination).ExpectSuccess();
            // A device is whole sectors long.
            Assert.Equal(Content[..(Content.Length / 512 * 512)], File.ReadAllBytes(Destination));
        }
        finally
        {
            Losetup("--detach", device);
        }
    }

    [Fact]
    public void What_a_failing_block_device_can_still_read_is_not_lost_with_its_neighbours()
    {
        string device = Losetup("--find", "--show", Source);
        try
        {
            // Still as long, but what is behind the end of the file cannot be read.
            const int Readable = 5 * Window + 200 * 4096;
            Truncate(Readable);
            RescueMap map = RescueInProcess(_ => { }, source: device).Map;
            // The device may make up the rest of a request that the end is in.
            Assert.InRange(map.LostBlocks.Single().Offset, Readable, Readable + (128 << 10));
            Assert.Equal(Content[..Readable], File.ReadAllBytes(Destination)[..Readable]);
        }
        finally
        {
            Losetup("--detach", device);
        }
    }

    /// <summary>Runs the rescue in this process, and something before each of its steps.</summary>
    private RescueOutcome RescueInProcess(Action<int> beforeStep, string? source = null, int stopIn = -1)
    {
        using var job = RescueJob.Open(source ?? Source, Destination, null, startOver: false);
        using var stop = new CancellationTokenSource();
        var steps = new Steps(step =>
        {
            beforeStep(step);
            if (step == stopIn)
                stop.Cancel();
        });
        return new RescueRun(CopyEngine.Shared, job, steps, stop.Token).Run();
    }

    private void Truncate(long length)
    {
        using var file = new FileStream(Source, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
        file.SetLength(length);
    }

    private Action<int> TruncateBefore(int step, long length) => now =>
    {
        if (now == step)
            Truncate(length);
    };

    /// <summary>Loop devices; the test is skipped where there are none.</summary>
    private static string Losetup(params string[] arguments)
    {
        (int ExitCode, string Output, string Error)? run = Tool.Run("losetup", arguments);
        Assert.SkipUnless(run is { ExitCode: 0 }, $"losetup {string.Join(' ', arguments)}: {run?.Error.Trim() ?? "not installed"}");
        return run!.Value.Output.Trim();
    }

    private sealed class Steps(Action<int> beforeStep) : IProgress<PhaseProgress>
    {
        private int _step;

        public void Report(PhaseProgress value) => beforeStep(_step++);
    }
}
