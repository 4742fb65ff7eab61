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
    public void A_page_that_is_there_has_its_frame(ulong entry, ulong frame)
    {
        Assert.Equal(frame, new PageMapEntry(entry).Frame);
        Assert.False(new PageMapEntry(entry).IsPoisonMarker);
    }

    /// <summary>Whichever types hardware poison has, by what else the kernel was built with.</summary>
    [Theory]
    [InlineData(23)]
    [InlineData(27)]
    [InlineData(30)]
    public void A_page_whose_frame_was_taken_away_has_that_frame(ulong type) =>
        Assert.Equal(0xABCDEu, new PageMapEntry(Swap | 0xABCDE << 5 | type).Frame);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(22)]
    public void A_page_in_a_swap_file_has_none_and_is_healthy(ulong type)
    {
        Assert.Equal(0u, new PageMapEntry(Swap | 0xABCDE << 5 | type).Frame);
        Assert.False(new PageMapEntry(Swap | 2 << 5 | type).IsPoisonMarker);
    }

    [Theory]
    [InlineData(2, true)]
    [InlineData(3, true)]
    [InlineData(1, false)]
    [InlineData(4, false)]
    public void Of_the_markers_one_is_poison(ulong marker, bool poison)
    {
        Assert.Equal(poison, new PageMapEntry(Swap | marker << 5 | 31).IsPoisonMarker);
        Assert.Equal(0u, new PageMapEntry(Swap | marker << 5 | 31).Frame);
    }
}
