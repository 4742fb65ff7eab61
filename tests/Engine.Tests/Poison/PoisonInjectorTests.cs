using CopyMc.Engine.Tests.Faults;

namespace CopyMc.Engine.Tests.Poison;

/// <summary>Poison can be injected and healed, and leaves nothing behind.</summary>
public sealed unsafe class PoisonInjectorTests
{
    [Theory]
    [ClassData(typeof(EveryFaultingSource))]
    public void Injecting_and_healing_leave_no_descriptor_and_no_mapping(PoisonSource source)
    {
        using var region = new NativeRegion(16 * NativeRegion.PageSize);
        int descriptors = Descriptors();
        for (int round = 0; round < 3; round++)
        {
            for (nuint page = 0; page < 16; page += 3)
                PoisonInjector.Inject(region, page * NativeRegion.PageSize + 17, source);
            Assert.Equal(region.Length, CopyOf(region));
            PoisonInjector.Heal(region, 0, region.Length, source);
            Assert.Equal(0, region.Poison.PoisonedLineCount);
            Assert.Equal(0u, CopyOf(region));
        }
        Assert.Equal(descriptors, Descriptors());
        Assert.DoesNotContain(File.ReadLines("/proc/self/maps"), mapping => mapping.Contains("copymc-truncated", StringComparison.Ordinal));
    }

    [Fact]
    public void A_source_that_does_not_work_here_gives_a_reason()
    {
        foreach (PoisonSource source in Enum.GetValues<PoisonSource>().Except(PoisonInjector.Supported))
        {
            Assert.False(string.IsNullOrWhiteSpace(PoisonInjector.UnsupportedReason(source)));
            using var region = new NativeRegion(NativeRegion.PageSize);
            Assert.Throws<PlatformNotSupportedException>(() => PoisonInjector.Inject(region, 0, source));
        }
        Assert.Contains(PoisonSource.Bitmap, PoisonInjector.Supported);
    }

    [Fact]
    public void An_offset_outside_the_region_throws()
    {
        using var region = new NativeRegion(100);
        Assert.Throws<ArgumentOutOfRangeException>(() => PoisonInjector.Inject(region, 100, PoisonSource.Bitmap));
        Assert.Throws<ArgumentOutOfRangeException>(() => PoisonInjector.Heal(region, 1, 100, PoisonSource.Bitmap));
    }

    private static nuint CopyOf(NativeRegion region)
    {
        using var destination = new NativeRegion(region.Length);
        return CopyEngine.Shared.Copy(region.Pointer, destination.Pointer, region.Length);
    }

    // Counts only the kinds that injecting opens, because the runtime opens files at any time.
    private static int Descriptors() => new DirectoryInfo("/proc/self/fd").EnumerateFileSystemInfos()
        .Count(file => file.LinkTarget is string target && (target.Contains("memfd:", StringComparison.Ordinal) || target.Contains("userfaultfd", StringComparison.Ordinal)));

    private static int MappingsOfTruncatedFiles() =>
        File.ReadLines("/proc/self/maps").Count(line => line.Contains("memfd:copymc-truncated", StringComparison.Ordinal));
}
