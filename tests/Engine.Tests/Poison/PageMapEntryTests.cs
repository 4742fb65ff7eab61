namespace CopyMc.Engine.Tests.Poison;

/// <summary>Entries of /proc/self/pagemap, as the kernel's fs/proc/task_mmu.c writes them.</summary>
public sealed class PageMapEntryTests
{
    private const ulong Present = 1UL << 63, Swap = 1UL << 62, FileOrShared = 1UL << 61, SoftDirty = 1UL << 55;

    [Theory]
    [InlineData(Present | 0x12345, 0x12345)]
    [InlineData(Present | FileOrShared | SoftDirty | 0x7F_FFFF_FFFF, 0x7F_FFFF_FFFF)]
    [InlineData(0, 0)]
    [InlineData(FileOrShared, 0)]
    public void A_present_page_has_its_frame(ulong entry, ulong frame)
    {
        Assert.Equal(frame, new PageMapEntry(entry).Frame);
        Assert.False(new PageMapEntry(entry).IsPoisonMarker);
    }

    /// <summary>For every swap type that hardware poison may have, which depends on the kernel's configuration.</summary>
    [Theory]
    [InlineData(23)]
    [InlineData(27)]
    [InlineData(30)]
    public void A_page_with_hardware_poison_has_the_lost_frame(ulong type) =>
        Assert.Equal(0xABCDEu, new PageMapEntry(Swap | 0xABCDE << 5 | type).Frame);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(22)]
    public void A_page_in_a_swap_file_has_no_frame_and_is_healthy(ulong type)
    {
        Assert.Equal(0u, new PageMapEntry(Swap | 0xABCDE << 5 | type).Frame);
        Assert.False(new PageMapEntry(Swap | 2 << 5 | type).IsPoisonMarker);
    }

    [Theory]
    [InlineData(2, true)]
    [InlineData(3, true)]
    [InlineData(1, false)]
    [InlineData(4, false)]
    public void Only_one_of_the_markers_is_poison(ulong marker, bool poison)
    {
        Assert.Equal(poison, new PageMapEntry(Swap | marker << 5 | 31).IsPoisonMarker);
        Assert.Equal(0u, new PageMapEntry(Swap | marker << 5 | 31).Frame);
    }
}
