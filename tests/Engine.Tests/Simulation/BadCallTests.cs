using CopyMc.Collapse;
using CopyMc.Simulation;

namespace CopyMc.Engine.Tests.Simulation;

/// <summary>Invalid ranges, and objects of another machine, are refused before anything is changed.</summary>
public sealed class BadCallTests : IDisposable
{
    private const ulong Page = TestMachine.Page, Huge = TestMachine.HugePage, LastAddress = 1UL << 46;

    private readonly TestMachine _test = new();
    private readonly TestMachine _other = new();

    public void Dispose()
    {
        _test.ExpectSound();
        _other.ExpectSound();
        _test.Dispose();
        _other.Dispose();
    }

    public static TheoryData<string, ulong, ulong, Errno> BadRanges() => new()
    {
        { "munmap", 100, Page, Errno.EINVAL },
        { "munmap", 0, 0, Errno.EINVAL },
        { "munmap", 0, LastAddress, Errno.EINVAL },
        { "munmap", LastAddress + Page, Page, Errno.EINVAL },
        { "mprotect", 100, Page, Errno.EINVAL },
        { "mprotect", 0, ulong.MaxValue - Page + 1, Errno.ENOMEM },
        { "mprotect", 8 * Huge, Page, Errno.ENOMEM },
        { "mprotect", 0, 2 * Huge, Errno.ENOMEM },
        { "mlock", 0, ulong.MaxValue - Page + 1, Errno.EINVAL },
        { "mlock", 8 * Huge, Page, Errno.ENOMEM },
        { "mseal", 100, Page, Errno.EINVAL },
        { "mseal", 0, ulong.MaxValue - Page + 1, Errno.EINVAL },
        { "mseal", 0, 2 * Huge, Errno.ENOMEM },
        { "dontneed", 100, Page, Errno.EINVAL },
        { "dontneed", 0, ulong.MaxValue, Errno.EINVAL },
        { "dontneed", 8 * Huge, Page, Errno.ENOMEM },
        { "no advice", 0, Page, Errno.EINVAL },
        { "mmap fixed", 100, Page, Errno.EINVAL },
        { "mmap fixed", 0, 0, Errno.EINVAL },
        { "mmap fixed", 0, ulong.MaxValue, Errno.ENOMEM },
        { "mmap fixed", LastAddress, Page, Errno.ENOMEM },
        { "mmap no replace", 0, Page, Errno.EEXIST },
        { "mmap shared and private", 8 * Huge, Page, Errno.EINVAL },
        { "mremap", 100, Page, Errno.EINVAL },
        { "mremap", 8 * Huge, Page, Errno.EFAULT },
        { "mremap in no known way", 0, Page, Errno.EINVAL },
        { "register", 100, Page, Errno.EINVAL },
        { "register", 0, 50, Errno.EINVAL },
        { "register", 8 * Huge, Page, Errno.EINVAL },
        { "register for nothing", 0, Page, Errno.EINVAL },
        { "register minor", 0, Page, Errno.EINVAL },
        { "poison", 0, Page, Errno.ENOENT },
        { "write-protect", 0, Page, Errno.ENOENT },
    };

    private static readonly Dictionary<string, Func<AddressSpace, ulong, ulong, SystemCallResult>> s_calls = new()
    {
        ["munmap"] = (process, at, length) => process.Munmap(at, length),
        ["mprotect"] = (process, at, length) => process.Mprotect(at, length, Protection.ReadWrite),
        ["mlock"] = (process, at, length) => process.Mlock(at, length),
        ["mseal"] = (process, at, length) => process.Mseal(at, length),
        ["dontneed"] = (process, at, length) => process.Madvise(at, length, Advice.DontNeed),
        ["no advice"] = (process, at, length) => process.Madvise(at, length, (Advice)7),
        ["mmap fixed"] = (process, at, length) => process.Mmap(at, length, Protection.Read, MapFlags.Private | MapFlags.Fixed),
        ["mmap no replace"] = (process, at, length) => process.Mmap(at, length, Protection.Read, MapFlags.Private | MapFlags.FixedNoReplace),
        ["mmap shared and private"] = (process, at, length) => process.Mmap(at, length, Protection.Read, MapFlags.Private | MapFlags.Shared),
        ["mremap"] = (process, at, length) => process.Mremap(at, length, length, RemapFlags.MayMove | RemapFlags.Fixed, 1UL << 40),
        ["mremap in no known way"] = (process, at, length) => process.Mremap(at, length, length, RemapFlags.MayMove | (RemapFlags)8),
        ["register"] = (process, at, length) => process.OpenUserfaultfd().Register(at, length, UserfaultfdModes.Missing),
        ["register for nothing"] = (process, at, length) => process.OpenUserfaultfd().Register(at, length, 0),
        ["register minor"] = (process, at, length) => process.OpenUserfaultfd().Register(at, length, UserfaultfdModes.Minor),
        ["poison"] = (process, at, length) => process.OpenUserfaultfd().Poison(at, length),
        ["write-protect"] = (process, at, length) => process.OpenUserfaultfd().WriteProtect(at, length),
    };

    [Theory]
    [MemberData(nameof(BadRanges))]
    public void A_bad_range_is_refused_with_the_kernels_errno_and_nothing_is_lost(string call, ulong offset, ulong length, Errno error)
    {
        ulong start = _test.MapFilled();
        ulong at = offset < LastAddress ? start + offset : offset;
        Assert.Equal(error, s_calls[call](_test.Process, at, length).Error);
        Vma area = Assert.Single(_test.Process.Areas);
        Assert.Equal((start, start + Huge), (area.Start, area.End));
        TestMachine.ExpectContent(_test.Process, start);
    }

    [Theory]
    [InlineData(Huge, ulong.MaxValue - (1UL << 20) + 1)]
    [InlineData(Huge, LastAddress)]
    [InlineData(0ul, 1UL << 40)]
    public void A_bad_target_of_mremap_is_EINVAL(ulong newLength, ulong newAddress)
    {
        ulong start = _test.MapFilled();
        Assert.Equal(Errno.EINVAL, _test.Process.Mremap(start, Huge, newLength, RemapFlags.MayMove | RemapFlags.Fixed, newAddress).Error);
        TestMachine.ExpectContent(_test.Process, start);
    }

    [Fact]
    public void A_collapse_whose_end_wraps_around_is_EINVAL()
    {
        ulong start = _test.MapFilled();
        Assert.Equal(Errno.EINVAL, MadviseCollapse.Run(_test.Process, start, ulong.MaxValue).Error);
        Assert.Equal(Errno.EINVAL, MadviseCollapse.Run(_test.Process, start, ulong.MaxValue - Page + 1).Error);
        Assert.False(_test.Process.IsHuge(start));
        Assert.Equal(Errno.None, MadviseCollapse.Run(_test.Process, start, 0).Error);
    }

    [Fact]
    public void A_seal_that_is_none_is_EINVAL()
    {
        SimulatedFile file = _test.Machine.NewFile(Huge, isShmem: true);
        Assert.Equal(Errno.EINVAL, file.AddSeals(FileSeals.Write | (FileSeals)(1 << 10)).Error);
        Assert.Equal(FileSeals.None, file.Seals);
    }

    [Fact]
    public void Objects_of_another_machine_are_refused()
    {
        SimulatedFile file = _other.Machine.NewFile(Huge, isShmem: true);
        MemoryCgroup[] groups = [_other.Machine.RootCgroup, _other.Machine.NewCgroup()];
        ExpectArgument("file", () => _test.Process.MapFile(file, 0, Huge));
        ExpectArgument("file", () => _ = new FileCollapse(_test.Machine, file, 0));
        foreach (MemoryCgroup group in groups)
        {
            ExpectArgument("cgroup", () => _test.Machine.NewProcess(group));
            ExpectArgument("cgroup", () => _test.Machine.NewFile(Huge, isShmem: true, group));
        }
        Assert.Empty(_test.Machine.Files);
        Assert.Single(_test.Machine.Processes);
    }

    [Fact]
    public void Only_used_swap_takes_memory()
    {
        using var test = new TestMachine(options: new SimulatedMachineOptions { SwapPages = int.MaxValue });
        ulong start = test.MapFilled();
        Assert.Equal(SystemCallResult.Done, test.Process.Madvise(start, Huge, Advice.PageOut));
        Assert.Equal(TestMachine.Pages, test.Process.SwapEntries);
        TestMachine.ExpectContent(test.Process, start);
        test.ExpectSound();
    }

    private static void ExpectArgument(string name, Action call) => Assert.Equal(name, Assert.Throws<ArgumentException>(call).ParamName);
}
