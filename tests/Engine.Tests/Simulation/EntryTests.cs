using CopyMc.Collapse;
using CopyMc.Simulation;

namespace CopyMc.Engine.Tests.Simulation;

/// <summary>The base of tests of page-table entries: a machine with one process, and calls on it.</summary>
public abstract class EntryTests : IDisposable
{
    private protected const ulong Page = TestMachine.Page, Huge = TestMachine.HugePage;

    private readonly TestMachine _test = new(options: new SimulatedMachineOptions { HugePagesAtFault = true, SwapPages = 1024 });

    private protected SimulatedMachine Machine => _test.Machine;

    private protected AddressSpace Process => _test.Process;

    public void Dispose()
    {
        _test.ExpectSound();
        _test.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected AddressSpace Fork()
    {
        Done(Process.Fork(out AddressSpace? child));
        return child!;
    }

    /// <summary>Maps anonymous memory of the size of a huge page, and writes the first pages one by one.</summary>
    private protected ulong MapWritten(int pages = TestMachine.Pages)
    {
        ulong start = Process.Map(Huge);
        TestMachine.Fill(Process, start, page => page < pages);
        return start;
    }

    /// <summary>Maps one huge page, in which every page has its own content.</summary>
    private protected ulong MapHuge(int pages = TestMachine.Pages)
    {
        ulong start = Process.Map(Huge, advice: Advice.HugePage);
        TestMachine.Fill(Process, start, page => page < pages);
        Assert.True(Process.IsHuge(start));
        return start;
    }

    private protected (SimulatedFile File, ulong Start) MapShmem(int pages = TestMachine.Pages, bool isPrivate = false)
    {
        SimulatedFile file = Machine.NewFile(Huge, isShmem: true);
        for (int i = 0; i < pages; i++)
            Assert.True(file.Write((ulong)i * Page, TestMachine.Content(i)).IsDone);
        return (file, Process.MapFile(file, 0, Huge, sharing: isPrivate ? MapFlags.Private : MapFlags.Shared));
    }

    private protected Userfaultfd Register(
        ulong start, UserfaultfdModes modes, UserfaultfdFeatures features = UserfaultfdFeatures.None, AddressSpace? process = null)
    {
        Userfaultfd userfaultfd = (process ?? Process).OpenUserfaultfd(features);
        Done(userfaultfd.Register(start, Huge, modes));
        return userfaultfd;
    }

    private protected void Advise(ulong start, int page, int pages, Advice advice) => Done(Process.Madvise(start + (ulong)page * Page, (ulong)pages * Page, advice));

    private protected static SystemCallResult Collapse(AddressSpace process, ulong start) => process.Madvise(start, Huge, Advice.Collapse);

    private protected static string Entries(AddressSpace process, ulong start, int pages = TestMachine.Pages) => EntryRuns.Entries(process, start, pages);

    private protected static void Done(SystemCallResult result) => Assert.True(result.IsDone, result.ToString());

    private protected static void Refused(Errno error, SystemCallResult result) => Assert.Equal(error, result.Error);
}
