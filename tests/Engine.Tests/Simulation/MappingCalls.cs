using CopyMc.Simulation;

namespace CopyMc.Engine.Tests.Simulation;

/// <summary>Calls that map memory: each must succeed, and returns the address.</summary>
internal static class MappingCalls
{
    internal static ulong Map(this AddressSpace process, ulong length, ulong? address = null, Advice? advice = null) =>
        process.Advised(process.Mmap(address ?? 0, length, Protection.ReadWrite, MapFlags.Private | Fixed(address)), length, advice);

    internal static ulong MapFile(
        this AddressSpace process, SimulatedFile file, uint filePage, ulong length, Protection protection = Protection.ReadWrite, ulong? address = null,
        Advice? advice = null, MapFlags sharing = MapFlags.Shared) =>
        process.Advised(process.Mmap(address ?? 0, length, protection, sharing | Fixed(address), file, filePage * TestMachine.Page), length, advice);

    /// <summary>Makes page-table entries map a huge page, by changing the protection of one of its pages temporarily.</summary>
    internal static void SplitHugeMapping(this AddressSpace process, ulong start)
    {
        Assert.Equal(SystemCallResult.Done, process.Mprotect(start, TestMachine.Page, Protection.Read));
        Assert.Equal(SystemCallResult.Done, process.Mprotect(start, TestMachine.Page, Protection.ReadWrite));
        Assert.False(process.IsHuge(start));
    }

    private static MapFlags Fixed(ulong? address) => address is null ? 0 : MapFlags.FixedNoReplace;

    private static ulong Advised(this AddressSpace process, SystemCallResult mapped, ulong length, Advice? advice)
    {
        Assert.True(mapped.IsDone, $"mmap: {mapped}");
        if (advice is { } given)
            Assert.Equal(SystemCallResult.Done, process.Madvise(mapped.Value, length, given));
        return mapped.Value;
    }
}
