using Microsoft.Win32.SafeHandles;

namespace CopyMc.Engine.Tests.Memory;

/// <summary>Regions are as requested: aligned, zeroed, writable, with the given backing.</summary>
public sealed unsafe class NativeRegionTests
{
    [Theory]
    [InlineData(RegionBacking.Anonymous, PageKind.Small)]
    [InlineData(RegionBacking.Anonymous, PageKind.TransparentHuge)]
    [InlineData(RegionBacking.Anonymous, PageKind.HugeTlb)]
    [InlineData(RegionBacking.Memfd, PageKind.Small)]
    [InlineData(RegionBacking.Memfd, PageKind.HugeTlb)]
    public void A_region_is_aligned_zeroed_and_writable(RegionBacking backing, PageKind pages)
    {
        long pool = File.ReadLines("/proc/meminfo").Where(line => line.StartsWith("HugePages_Free", StringComparison.Ordinal))
            .Select(line => long.Parse(line.Split(':')[1])).FirstOrDefault();
        Assert.SkipWhen(pages == PageKind.HugeTlb && pool < 2, "The hugetlb pool of this machine is empty.");
        foreach (nuint length in (nuint[])[1, NativeRegion.PageSize, NativeRegion.HugePageSize, NativeRegion.HugePageSize + 5])
        {
            using var region = new NativeRegion(length, new NativeRegionOptions { Backing = backing, Pages = pages });
            Assert.Equal(length, region.Length);
            Assert.Equal(0u, (nuint)region.Pointer % (length >= NativeRegion.HugePageSize ? NativeRegion.HugePageSize : (nuint)NativeRegion.PageSize));
            Assert.False(region.Span.ContainsAnyExcept((byte)0));
            region.Span.Fill(1);
            Assert.Equal((nuint)0, (nuint)region.Poison.PoisonedLineCount);
        }
    }

    [Fact]
    public void A_region_longer_than_a_span_has_none()
    {
        using var region = new NativeRegion((nuint)3 << 30, new NativeRegionOptions { Populate = false, Reserve = false });
        Assert.Throws<InvalidOperationException>(() => region.Span.Length);
        Assert.False(region.Poison.IsPoisoned(region.Length - 1));
    }

    [Fact]
    public void A_file_is_mapped_with_its_content()
    {
        string path = Path.GetTempFileName();
        try
        {
            File.WriteAllText(path, "content of a file!");
            using (NativeRegion region = NativeRegion.MapFile(path, writable: true))
            {
                Assert.Equal("content of a file!"u8, region.Span);
                region.Span[0] = (byte)'C';
            }
            Assert.Equal("Content of a file!", File.ReadAllText(path));
            File.WriteAllText(path, "");
            Assert.Throws<IOException>(() => NativeRegion.MapFile(path));
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void A_part_of_an_open_file_is_mapped_even_beyond_its_end()
    {
        string path = Path.GetTempFileName();
        try
        {
            byte[] content = new byte[3 * NativeRegion.PageSize];
            new Random(1).NextBytes(content);
            File.WriteAllBytes(path, content);
            using SafeFileHandle file = File.OpenHandle(path);
            using (NativeRegion region = NativeRegion.MapFile(file, NativeRegion.PageSize, 3 * NativeRegion.PageSize))
                Assert.Equal(content.AsSpan(NativeRegion.PageSize), region.Span[..(2 * NativeRegion.PageSize)]);
            Assert.False(file.IsClosed);
            Assert.Throws<ArgumentOutOfRangeException>(() => NativeRegion.MapFile(file, 1, 1));
            Assert.Throws<ArgumentOutOfRangeException>(() => NativeRegion.MapFile(file, -NativeRegion.PageSize, 1));
            Assert.Throws<ArgumentOutOfRangeException>(() => NativeRegion.MapFile(file, 0, 0));
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void Invalid_regions_throw()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new NativeRegion(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new NativeRegion(nuint.MaxValue));
        Assert.Throws<ArgumentException>(() => new NativeRegion(1, new NativeRegionOptions { Backing = RegionBacking.File }));
        Assert.Throws<IOException>(() => new NativeRegion((nuint)1 << 60));
    }

    [Theory]
    [InlineData(RegionBacking.Anonymous, PageKind.Small, false)]
    [InlineData(RegionBacking.Anonymous, PageKind.Small, true)]
    [InlineData(RegionBacking.Anonymous, PageKind.TransparentHuge, false)]
    [InlineData(RegionBacking.Memfd, PageKind.Small, false)]
    public void A_region_of_a_node_is_bound_to_it(RegionBacking backing, PageKind pages, bool locked)
    {
        Assert.SkipUnless(Directory.Exists("/sys/devices/system/node"), "This kernel shows no NUMA nodes.");
        using var region = new NativeRegion(
            NativeRegion.HugePageSize, new NativeRegionOptions { Backing = backing, Pages = pages, Lock = locked, Node = 0 });
        Assert.Contains("bind:0", PolicyOf(region));
        using var other = new NativeRegion(NativeRegion.HugePageSize, new NativeRegionOptions { Backing = backing, Pages = pages });
        Assert.DoesNotContain("bind", PolicyOf(other));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(1023)]
    [InlineData(1024)]
    [InlineData(int.MaxValue)]
    public void A_node_that_is_not_there_is_named(int node)
    {
        Assert.SkipUnless(Directory.Exists("/sys/devices/system/node"), "This kernel shows no NUMA nodes.");
        var error = Assert.Throws<ArgumentOutOfRangeException>(() => new NativeRegion(1, new NativeRegionOptions { Node = node }));
        Assert.Contains($"NUMA node {node} ", error.Message);
        Assert.Equal(node, error.ActualValue);
    }

    [Fact]
    public void A_healed_page_of_a_region_of_a_node_is_bound_to_it()
    {
        Assert.SkipUnless(Directory.Exists("/sys/devices/system/node"), "This kernel shows no NUMA nodes.");
        using var region = new NativeRegion(3 * NativeRegion.PageSize, new NativeRegionOptions { Node = 0 });
        region.Remap(NativeRegion.PageSize, NativeRegion.PageSize, PoisonSource.TruncatedMapping);
        Assert.Contains("bind:0", PolicyOf(region, NativeRegion.PageSize));
    }

    [Fact]
    public void A_disposed_region_is_unmapped_and_throws()
    {
        var region = new NativeRegion(NativeRegion.PageSize);
        region.Dispose();
        region.Dispose();
        Assert.Throws<ObjectDisposedException>(() => region.Span.Length);
        Assert.Throws<ObjectDisposedException>(() => region.Poison);
    }

    /// <summary>The line of /proc/self/numa_maps about the mapping that has a byte of the region.</summary>
    private static string PolicyOf(NativeRegion region, nuint offset = 0) => File.ReadLines("/proc/self/numa_maps")
        .Last(line => ulong.Parse(line.Split(' ')[0], System.Globalization.NumberStyles.HexNumber) <= (ulong)region.Pointer + offset);
}
