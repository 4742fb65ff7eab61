namespace CopyMc.Engine.Tests.Poison;

/// <summary>The page map distinguishes huge pages from small ones, on which the tests of huge pages rely.</summary>
public sealed unsafe class PageMapFileTests
{
    [Fact]
    public void Small_pages_are_not_huge()
    {
        using var region = new NativeRegion(2 * NativeRegion.HugePageSize);
        Assert.False(IsHuge(region));
    }

    [Fact]
    public void A_huge_page_is_huge_until_it_is_split()
    {
        using var region = new NativeRegion(2 * NativeRegion.HugePageSize, new NativeRegionOptions { Pages = PageKind.TransparentHuge });
        Assert.SkipUnless(IsHuge(region), "the kernel has no free huge page");
        Assert.True(PageDropper.Drop(region.Pointer + NativeRegion.HugePageSize, NativeRegion.PageSize));
        Assert.False(IsHuge(region));
    }

    private static bool IsHuge(NativeRegion region)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "it needs Linux");
        using var pages = new PageMapFile();
        bool? isHuge = pages.IsHuge((nuint)region.Pointer, (nuint)region.Pointer + region.Length);
        Assert.SkipWhen(isHuge is null, "the kernel does not report which pages are huge (Linux 6.7)");
        return isHuge.GetValueOrDefault();
    }
}
