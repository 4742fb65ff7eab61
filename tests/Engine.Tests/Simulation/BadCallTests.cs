using CopyMc.Collapse;
using CopyMc.Simulation;

namespace CopyMc.Engine.Tests.Simulation;

/// <summary>Ranges that are none, and what belongs to another machine, are refused by name before anything is changed.</summary>
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

    public static TheoryData<string, ulong, ulong, string> Ranges()
    {
        var ranges = new TheoryData<string, ulong, ulong, string>();
        foreach (string call in s_calls.Keys)
        {
            ranges.Add(call, 100, Page, "address");
            ranges.Add(call, 0, 50, "length");
            ranges.Add(call, 0, ulong.MaxValue - Page + 1, "length");
            ranges.Add(call, LastAddress + Page, Page, "address");
            ranges.Add(call, ulong.MaxValue - Page + 1, Page, "address");
        }
        return ranges;
    }

    private static readonly Dictionary<string, Action<AddressSpace, ulong, ulong>> s_calls = new()
    {
        ["unmap"] = (process, at, length) => process.Unmap(at, length),
        ["flags"] = (process, at, length) => process.SetFlags(at, length, VmaFlags.HugePage),
        ["populate"] = (process, at, length) => process.Populate(at, length),
        ["lock"] = (process, at, length) => process.LockInMemory(at, length),
        ["drop"] = (process, at, length) => process.DontNeed(at, length),
        ["page out"] = (process, at, length) => process.PageOut(at, length),
        ["guard"] = (process, at, length) => process.InstallGuard(at, length),
        ["map"] = (process, at, length) => process.Map(length, address: at),
        ["remap"] = (process, at, length) => process.Remap(at, length, Page, 1UL << 40),
    };

    [Theory]
    [MemberData(nameof(Ranges))]
    public void A_range_that_is_none(string call, ulong offset, ulong length, string name)
    {
        ulong start = _test.MapFilled();
        ulong at = offset < LastAddress ? start + offset : offset;
        Assert.Equal(name, Assert.ThrowsAny<ArgumentException>(() => s_calls[call](_test.Process, at, length)).ParamName);
        Assert.Single(_test.Process.Areas);
        TestMachine.ExpectContent(_test.Process, start);
    }

    [Theory]
    [InlineData(Huge, ulong.MaxValue - (1UL << 20) + 1, "newAddress")]
    [InlineData(Huge, LastAddress, "newLength")]
    [InlineData(50ul, 1UL << 40, "newLength")]
    [InlineData(0ul, 1UL << 40, "newLength")]
    public void A_place_to_move_to_that_is_none(ulong newLength, ulong newAddress, string name)
    {
        ulong start = _test.MapFilled();
        Assert.Equal(name, Assert.ThrowsAny<ArgumentException>(() => _test.Process.Remap(start, Huge, newLength, newAddress)).ParamName);
        TestMachine.ExpectContent(_test.Process, start);
    }

    [Fact]
    public void A_collapse_of_more_than_all_addresses_is_EINVAL()
    {
        ulong start = _test.MapFilled();
        Assert.Equal(22, MadviseCollapse.Run(_test.Process, start, ulong.MaxValue, out _));
        Assert.Equal(22, MadviseCollapse.Run(_test.Process, start, ulong.MaxValue - Page + 1, out _));
        Assert.False(_test.Process.IsHuge(start));
        Assert.Equal(0, MadviseCollapse.Run(_test.Process, start, 0, out _));
    }

    [Fact]
    public void What_belongs_to_another_machine()
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
    public void Swap_costs_what_is_used_of_it()
    {
        using var test = new TestMachine(options: new SimulatedMachineOptions { SwapPages = int.MaxValue });
        ulong start = test.MapFilled();
        Assert.Equal(AccessResult.Done, test.Process.PageOut(start, Huge));
        Assert.Equal(TestMachine.Pages, test.Process.SwapEntries);
        TestMachine.ExpectContent(test.Process, start);
        test.ExpectSound();
    }

    private static void ExpectArgument(string name, Action call) => Assert.Equal(name, Assert.Throws<ArgumentException>(call).ParamName);
}
