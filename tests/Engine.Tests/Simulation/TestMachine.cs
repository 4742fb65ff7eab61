using System.Runtime.InteropServices;
using CopyMc.Collapse;
using CopyMc.Simulation;

namespace CopyMc.Engine.Tests.Simulation;

/// <summary>A small machine with one process, whose pages contain their own numbers.</summary>
public sealed class TestMachine : IDisposable
{
    public const ulong HugePage = NativeRegion.HugePageSize, Page = NativeRegion.PageSize;
    public const int Pages = PageTable.EntryCount;

    private static readonly byte[][] s_contents = [.. Enumerable.Range(0, Pages).Select(MakeContent)];

    private readonly CollapseInvariants _invariants;

    public TestMachine(int hugePages = 8, SimulatedMachineOptions? options = null)
    {
        Machine = new SimulatedMachine((nuint)hugePages * NativeRegion.HugePageSize, options);
        Process = Machine.NewProcess();
        _invariants = new CollapseInvariants(Machine);
    }

    public SimulatedMachine Machine { get; }

    public AddressSpace Process { get; private set; }

    public void Dispose() => Machine.Dispose();

    /// <summary>Ends the process and deletes the files, so that the next process finds the machine as new.</summary>
    public void StartAnew()
    {
        Assert.Equal(SystemCallResult.Done, Process.Exit());
        foreach (SimulatedFile file in Machine.Files.ToArray())
            Assert.Equal(SystemCallResult.Done, file.Delete());
        Process = Machine.NewProcess();
    }

    /// <summary>Maps anonymous memory of the size of a huge page, and writes to all or some of its pages.</summary>
    public ulong MapFilled(Func<int, bool>? which = null)
    {
        ulong start = Process.Map(HugePage, advice: Advice.HugePage);
        Fill(Process, start, which);
        return start;
    }

    /// <summary>Maps a file of the size of a huge page, and writes to all or some of its pages.</summary>
    public (SimulatedFile File, ulong Start) MapFile(bool isShmem, Func<int, bool>? which = null, bool writeBack = true)
    {
        SimulatedFile file = Machine.NewFile(HugePage, isShmem);
        for (int i = 0; i < Pages; i++)
        {
            if (which is null || which(i))
                Assert.True(file.Write((ulong)i * Page, Content(i)).IsDone);
        }
        if (writeBack)
            file.WriteBack();
        // A regular file that can be written to is not collapsed.
        Protection access = isShmem ? Protection.ReadWrite : Protection.Read;
        ulong start = Process.MapFile(file, 0, HugePage, access, advice: Advice.HugePage);
        return (file, start);
    }

    public static void Fill(AddressSpace process, ulong start, Func<int, bool>? which = null)
    {
        for (int i = 0; i < Pages; i++)
        {
            if (which is null || which(i))
                Assert.Equal(AccessResult.Done, process.Write(start + (ulong)i * Page, Content(i)));
        }
    }

    /// <summary>All 4096 bytes of a page: its number, repeated, with the position in the page.</summary>
    public static byte[] Content(int page) => s_contents[page];

    private static byte[] MakeContent(int page)
    {
        var bytes = new byte[NativeRegion.PageSize];
        Span<int> words = MemoryMarshal.Cast<byte, int>(bytes.AsSpan());
        for (int i = 0; i < words.Length; i++)
            words[i] = ((page + 1) << 12) + i;
        return bytes;
    }

    /// <summary>Reads a whole page; null if it cannot be read.</summary>
    public static byte[]? Read(AddressSpace process, ulong address)
    {
        var bytes = new byte[NativeRegion.PageSize];
        return process.Read(address, bytes).IsDone ? bytes : null;
    }

    /// <summary>Checks that every page of the range has its own content, or zeros if it was not written; <paramref name="lost"/> pages are not read.</summary>
    public static void ExpectContent(AddressSpace process, ulong start, Func<int, bool>? written = null, Func<int, bool>? lost = null)
    {
        for (int i = 0; i < Pages; i++)
        {
            if (lost is not null && lost(i))
                continue;
            byte[] expected = written is null || written(i) ? Content(i) : new byte[NativeRegion.PageSize];
            byte[]? read = Read(process, start + (ulong)i * Page);
            Assert.True(read is not null, $"page {i} cannot be read");
            Assert.True(expected.AsSpan().SequenceEqual(read), $"page {i} holds something else");
        }
    }

    public void ExpectSound(params CollapseOperation[] running)
    {
        IReadOnlyList<string> violations = Violations(running);
        Assert.True(violations.Count == 0, string.Join('\n', violations.Take(20)));
    }

    /// <summary>Describes the violated invariants of the machine.</summary>
    public IReadOnlyList<string> Violations(params IReadOnlyList<CollapseOperation> running) => _invariants.Violations(running);
}
