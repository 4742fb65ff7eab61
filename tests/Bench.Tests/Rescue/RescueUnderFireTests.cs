using System.Diagnostics;
using System.Runtime.InteropServices;
using CopyMc.Bench.Rescue;

namespace CopyMc.Bench.Tests.Rescue;

/// <summary>The command as a process of its own, with large files: truncated underneath, and killed.</summary>
public sealed partial class RescueUnderFireTests
{
    private const int SigCont = 18, SigStop = 19;
    private const int KilledBySigKill = 128 + 9;

    public RescueUnderFireTests() => Assert.SkipUnless(FaultRecovery.IsSupported, FaultRecovery.UnsupportedReason ?? "");

    [Fact]
    public void A_file_of_1_GiB_loses_its_second_half_while_it_is_rescued()
    {
        const long Length = 1L << 30, Half = Length / 2;
        using var files = new LargeFiles(3 * Length);
        string source = files.File("source"), destination = files.File("destination"), map = destination + ".map";
        WriteRandom(source, Length);
        // Not a copy: the second half, to be put back.
        byte[] secondHalf = ReadHalf(source);

        Process process = Copymc.Start(null, ["rescue", source, destination]);
        while (!File.Exists(map))
            Thread.Sleep(1);
        // It runs: stopped for the moment of the truncation, so that it is the first half that it is in.
        Assert.Equal(0, Kill(process.Id, SigStop));
        long reached = MapFileContent.Parse(File.ReadAllText(map)).Map.FinishedBytes;
        using (var file = new FileStream(source, FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
            file.SetLength(Half);
        Assert.Equal(0, Kill(process.Id, SigCont));
        Copymc run = Copymc.WaitFor(process);

        Assert.True(reached < Half, "It was quicker than the test.");
        Assert.Equal(1, run.ExitCode);
        Assert.Empty(run.Error);
        Assert.Contains("536,870,912 of 1,073,741,824 bytes are rescued; 536,870,912 are lost in 1 range", run.Output);
        Assert.Equal(
            [new RescueBlock(0, Half, BlockStatus.Finished), new RescueBlock(Half, Half, BlockStatus.BadSector)],
            MapFileContent.Parse(File.ReadAllText(map)).Map.Blocks);
        Ddrescuelog.Accept(map, complete: false);
        Assert.Equal(-1, FirstDifference(source, destination, 0, Half));

        using (var file = new FileStream(source, FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
        {
            file.Position = Half;
            file.Write(secondHalf);
        }
        run = Copymc.Run("rescue", source, destination).ExpectSuccess();
        Assert.Contains("536,870,912 of them by this run; nothing is lost", run.Output);
        Assert.Equal(-1, FirstDifference(source, destination, 0, Length));
        Ddrescuelog.Accept(map, complete: true);
    }

    [Fact]
    public void Killed_50_times_at_random_moments_and_resumed_the_result_is_right()
    {
        const int Kills = 50;
        const long Length = 256L << 20;
        using var files = new LargeFiles(3 * Length);
        string source = files.File("source"), destination = files.File("destination"), map = destination + ".map";
        WriteRandom(source, Length);

        long started = Stopwatch.GetTimestamp();
        Copymc.Run("rescue", source, destination).ExpectSuccess();
        TimeSpan patience = Stopwatch.GetElapsedTime(started);
        Assert.Equal(-1, FirstDifference(source, destination, 0, Length));

        var random = new Random(50);
        int killed = 0, completed = 0, withinCopying = 0;
        Restart();
        while (killed < Kills)
        {
            using Process process = Copymc.Start(null, ["rescue", source, destination]);
            // Half of them at any moment from the start of the process on, half after it has saved a part, however fast the machine is.
            if (random.Next(2) == 0)
                process.WaitForExit(patience * random.NextDouble());
            else
                WaitUntilItSaves(process, map);
            process.Kill();
            process.WaitForExit();
            if (process.ExitCode == KilledBySigKill)
                killed++;
            else
                Assert.Equal((0, ""), (process.ExitCode, process.StandardError.ReadToEnd()));
            RescueMap? saved = Saved(map);
            foreach (RescueBlock block in saved?.Blocks.Where(block => block.Status == BlockStatus.Finished) ?? [])
                Assert.Equal(-1, FirstDifference(source, destination, block.Offset, block.Length));
            if (saved is not null)
                Ddrescuelog.Accept(map, saved.FinishedBytes == Length);
            withinCopying += saved is { FinishedBytes: > 0 and < Length } ? 1 : 0;
            if (saved?.FinishedBytes == Length)
            {
                Assert.Equal(-1, FirstDifference(source, destination, 0, Length));
                completed++;
                Restart();
            }
        }
        Copymc.Run("rescue", source, destination).ExpectSuccess();
        Assert.Equal(-1, FirstDifference(source, destination, 0, Length));
        TestContext.Current.TestOutputHelper?.WriteLine($"{killed} kills, {withinCopying} of them with a part saved; {completed} rescues completed meanwhile.");
        Assert.InRange(withinCopying, Kills / 10, int.MaxValue);

        void Restart()
        {
            File.Delete(destination);
            File.Delete(map);
        }
    }

    /// <summary>Until the map says more than it did, or the process has ended.</summary>
    private static void WaitUntilItSaves(Process process, string map)
    {
        long before = Saved(map)?.FinishedBytes ?? 0;
        while ((Saved(map)?.FinishedBytes ?? 0) == before && !process.WaitForExit(1))
        {
        }
    }

    private static RescueMap? Saved(string map) => File.Exists(map) ? MapFileContent.Parse(File.ReadAllText(map)).Map : null;

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int process, int signal);

    private static void WriteRandom(string path, long length)
    {
        var random = new Random(3);
        byte[] block = new byte[1 << 20];
        using var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.ReadWrite, 0);
        for (long written = 0; written < length; written += block.Length)
        {
            // As random as it needs to be to tell one block from every other.
            if (written % (64 << 20) == 0)
                random.NextBytes(block);
            BitConverter.TryWriteBytes(block.AsSpan((int)(written >> 20) % 1000), written);
            file.Write(block);
        }
    }

    private static byte[] ReadHalf(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        byte[] half = new byte[file.Length / 2];
        file.Position = half.Length;
        file.ReadExactly(half);
        return half;
    }

    /// <summary>The offset of the first megabyte that is not the same in both files; -1 if there is none.</summary>
    private static long FirstDifference(string expected, string actual, long offset, long length)
    {
        using var one = new FileStream(expected, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, 0);
        using var other = new FileStream(actual, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, 0);
        byte[] a = new byte[1 << 20], b = new byte[1 << 20];
        for (one.Position = other.Position = offset; one.Position < offset + length;)
        {
            long at = one.Position;
            int count = (int)long.Min(a.Length, offset + length - at);
            one.ReadExactly(a, 0, count);
            other.ReadExactly(b, 0, count);
            if (!a.AsSpan(0, count).SequenceEqual(b.AsSpan(0, count)))
                return at;
        }
        return -1;
    }
}
