using CopyMc.Collapse;
using CopyMc.Engine.Tests.Simulation;
using CopyMc.Simulation;

namespace CopyMc.Engine.Tests.Collapse.Kernels;

/// <summary>After a kernel panic every call of the machine throws, and changes nothing.</summary>
public sealed class KernelPanicTests : IDisposable
{
    private readonly TestMachine _test = new(options: new SimulatedMachineOptions { Kernel = KernelVersion.Linux601 });

    public void Dispose() => _test.Dispose();

    [Fact]
    public void Every_call_of_a_panicked_machine_throws()
    {
        ulong start = _test.MapFilled();
        SimulatedFile file = _test.Machine.NewFile(TestMachine.HugePage, isShmem: true);
        Assert.True(file.Write(0, TestMachine.Content(0)).IsDone);
        uint bad = _test.Process.EntryAt(start + 200 * TestMachine.Page).Pfn;
        _test.Machine.Poison(bad, 0);
        var collapse = new AnonymousCollapse(_test.Process, start);

        KernelPanicException panic = Assert.Throws<KernelPanicException>(() => collapse.Run());
        Assert.Equal((bad, bad), (panic.Frame, _test.Machine.PanicFrame));
        Assert.Null(collapse.Result);
        Assert.Equal(200, collapse.CopiedPages);

        AddressSpace process = _test.Process;
        Action[] calls =
        [
            () => collapse.MoveNext(),
            () => MadviseCollapse.Run(process, start, TestMachine.HugePage),
            () => process.Read(start, new byte[1]),
            () => process.Write(start, [1]),
            () => process.Mmap(0, TestMachine.Page, Protection.Read, MapFlags.Private),
            () => process.Munmap(start, TestMachine.Page),
            () => process.Fork(out _),
            () => process.Exit(),
            () => file.Write(0, [1]),
            () => file.WriteBack(),
            () => _test.Machine.NewProcess(),
            () => _test.Machine.TryLockPage(0),
            () => _test.Violations(),
        ];
        Assert.All(calls, call => Assert.Throws<KernelPanicException>(call));
    }

    [Fact]
    public void Known_poison_that_memory_failure_has_handled_is_not_copied()
    {
        ulong start = _test.MapFilled();
        uint bad = _test.Process.EntryAt(start).Pfn;
        _test.Machine.Poison(bad, 0);
        Assert.True(_test.Machine.MemoryFailure.Handle(bad).IsDone);
        Assert.Equal(Errno.EINVAL, MadviseCollapse.Run(_test.Process, start, TestMachine.HugePage).Error);
        Assert.Null(_test.Machine.PanicFrame);
        _test.ExpectSound();
    }
}
