using CopyMc.Simulation;

namespace CopyMc.Engine.Tests.Simulation;

/// <summary>What unmapping and moving leave behind; each was seen on Linux 6.18.</summary>
public sealed class UnmapAndMoveTests
{
    private const ulong Base = 1UL << 40, Page = TestMachine.Page;

    [Fact]
    public void A_seal_refuses_after_the_first_area_was_split()
    {
        using var machine = new TestMachine();
        machine.Process.Map(1024 * Page, Base);
        Assert.Equal(SystemCallResult.Done, machine.Process.Mseal(Base + 256 * Page, 512 * Page));
        Assert.Equal((SystemCallResult)Errno.EPERM, machine.Process.Munmap(Base + 255 * Page, 2 * Page));
        Assert.Equal([0UL, 255, 256, 768], machine.Process.Areas.Select(area => (area.Start - Base) / Page));
        machine.ExpectSound();
    }

    [Fact]
    public void A_move_of_locked_memory_brings_nothing_in_that_was_there_before()
    {
        using var machine = new TestMachine();
        machine.Process.Map(2 * Page, Base);
        // The range ends in a hole, so the area is locked and nothing is brought in.
        Assert.Equal((SystemCallResult)Errno.ENOMEM, machine.Process.Mlock(Base + Page, 2 * Page));
        Assert.False(machine.Process.EntryAt(Base + Page).IsPresent);
        ulong moved = Base + TestMachine.HugePage;
        Assert.True(machine.Process.Mremap(Base + Page, Page, Page, RemapFlags.MayMove | RemapFlags.Fixed, moved).IsDone);
        Assert.False(machine.Process.EntryAt(moved).IsPresent);
    }

    [Fact]
    public void A_registration_that_a_move_ends_does_not_merge_the_area()
    {
        using var machine = new TestMachine();
        machine.Process.Map(1024 * Page, Base);
        Userfaultfd userfaultfd = machine.Process.OpenUserfaultfd(isUserModeOnly: true);
        Assert.True(userfaultfd.Register(Base, 512 * Page, UserfaultfdModes.Missing).IsDone);
        Assert.True(machine.Process.Mremap(
            Base + 256 * Page, Page, Page, RemapFlags.MayMove | RemapFlags.Fixed | RemapFlags.DontUnmap, Base + 1024 * Page).IsDone);
        Assert.Equal([0UL, 512, 1024], machine.Process.Areas.Select(area => (area.Start - Base) / Page));
    }

    [Fact]
    public void A_load_maps_a_huge_page_of_shmem_beyond_the_end_of_its_file()
    {
        using var machine = new TestMachine();
        (SimulatedFile file, ulong start) = machine.MapFile(isShmem: true);
        AddressSpace other = machine.Machine.NewProcess();
        ulong copied = other.MapFile(file, 0, TestMachine.HugePage, sharing: MapFlags.Private);
        Assert.True(other.Write(copied + 3 * Page, [1]).IsDone);
        Assert.True(file.Truncate(250 * Page).IsDone);
        Assert.Equal(SystemCallResult.Done, machine.Process.Madvise(start, TestMachine.HugePage, Advice.Collapse));
        Span<byte> one = stackalloc byte[1];
        Assert.Equal(AccessResult.BusAddressError, other.Read(copied + 300 * Page, one));
        Assert.Equal(AccessResult.Done, other.Read(copied + 200 * Page, one));
        Assert.Equal(AccessResult.Done, other.Read(copied + 300 * Page, one));
        Assert.Equal(0, one[0]);
        machine.ExpectSound();
    }
}
