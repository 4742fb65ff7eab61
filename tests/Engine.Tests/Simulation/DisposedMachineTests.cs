using CopyMc.Collapse;
using CopyMc.Simulation;

namespace CopyMc.Engine.Tests.Simulation;

/// <summary>Objects of a disposed machine throw, and do not access its memory.</summary>
public sealed class DisposedMachineTests
{
    [Fact]
    public void Every_use_of_a_disposed_machine_throws()
    {
        var test = new TestMachine(options: new SimulatedMachineOptions { SwapPages = 8 });
        ulong start = test.MapFilled();
        (SimulatedFile file, ulong mapped) = test.MapFile(isShmem: true);
        TestMachine.Read(test.Process, mapped);
        AddressSpace process = test.Process;
        SimulatedMachine machine = test.Machine;
        SimulatedFile deleted = machine.NewFile(TestMachine.Page, isShmem: true);
        Assert.Equal(SystemCallResult.Done, deleted.Delete());
        Assert.Equal(AccessResult.Done, process.TryPin(start, out PinnedPage? pinned));
        var halfDone = new AnonymousCollapse(process, start);
        machine.Dispose();
        machine.Dispose();

        var page = new byte[TestMachine.Page];
        Action[] uses =
        [
            () => process.Write(start, [1]),
            () => process.Read(start, page),
            () => process.TryPin(start, out _),
            () => process.Map(TestMachine.Page),
            () => process.MapFile(file, 0, TestMachine.Page),
            () => process.Munmap(start, TestMachine.Page),
            () => process.Mremap(start, TestMachine.Page, TestMachine.Page, RemapFlags.MayMove | RemapFlags.Fixed, 1UL << 40),
            () => process.Mprotect(start, TestMachine.Page, Protection.Read),
            () => process.SetThpDisable(ThpDisable.Off),
            () => process.Mseal(start, TestMachine.Page),
            () => process.Madvise(start, TestMachine.Page, Advice.PopulateWrite),
            () => process.Madvise(start, TestMachine.Page, Advice.HugePage),
            () => process.Mlock(start, TestMachine.Page),
            () => process.Madvise(start, TestMachine.Page, Advice.DontNeed),
            () => process.OpenUserfaultfd(),
            () => process.Fork(out _),
            () => process.Exit(),
            () => file.Write(0, [1]),
            () => file.Read(0, page),
            () => file.Truncate(0),
            () => file.PunchHole(0, 1),
            () => file.WriteBack(),
            () => file.AttachPrivate(0),
            () => deleted.Write(0, [1]),
            () => machine.NewProcess(),
            () => machine.NewFile(0, isShmem: true),
            () => machine.NewCgroup(),
            () => machine.Poison(0, 0),
            () => machine.TryLockPage(0),
            () => machine.UnlockPage(0),
            () => machine.Lru(anonymous: true),
            () => machine.MemoryFailure.Enqueue(0),
            () => machine.MemoryFailure.Handle(0),
            () => machine.MemoryFailure.Unpoison(0),
            () => _ = machine.FreeFrames,
            () => Reclaim.TryReclaimOne(machine, anonymous: true),
            () => Reclaim.DropCaches(machine),
            () => halfDone.Run(),
            () => _ = new FileCollapse(machine, file, 0),
            () => test.Violations(),
        ];
        for (int i = 0; i < uses.Length; i++)
            Assert.True(Record.Exception(uses[i]) is ObjectDisposedException, $"use {i}");

        // These do not access the memory of the machine, and do not throw.
        Assert.True(process.HasExited);
        Assert.False(process.IsHuge(start));
        Assert.False(file.IsHuge(0));
        Assert.Equal(AccessResult.MapError, process.Peek(start, page));
        pinned!.Dispose();
    }
}
