using System.Runtime.InteropServices;
using CopyMc.Engine.Tests.Children;

namespace CopyMc.Engine.Tests.Poison;

/// <summary>The scan beyond the contract: the flags of frames from a file, large regions, and privileges.</summary>
public sealed unsafe class PoisonScanTests
{
    [Fact]
    public void The_flag_of_a_frame_is_bit_19_and_frames_beyond_the_end_have_none()
    {
        string path = Path.GetTempFileName();
        try
        {
            ulong[] flags = new ulong[1200];
            foreach (int frame in (ReadOnlySpan<int>)[0, 7, 511, 512, 1199])
                flags[frame] = 1UL << 19 | 1;
            flags[8] = ~(1UL << 19);
            File.WriteAllBytes(path, MemoryMarshal.AsBytes(flags.AsSpan()));
            using var file = new PageFlagsFile(path);
            ulong[] poisoned = [.. Enumerable.Range(0, 1300).Select(frame => (ulong)frame).Where(file.IsHwPoison)];
            Assert.Equal([0, 7, 511, 512, 1199], poisoned);
            Assert.False(file.IsHwPoison(1UL << 40));
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void A_page_in_a_sparse_region_of_16_GiB_is_found()
    {
        Assert.SkipUnless(PoisonScan.UnsupportedReason is null, PoisonScan.UnsupportedReason ?? "");
        Assert.SkipUnless(PoisonInjector.UnsupportedReason(PoisonSource.UffdPoison) is null, PoisonInjector.UnsupportedReason(PoisonSource.UffdPoison) ?? "");
        nuint length = (nuint)16 << 30, lost = (nuint)11 << 30;
        var memory = (byte*)Libc.Map(null, length, Libc.ProtRead | Libc.ProtWrite, Libc.MapPrivate | Libc.MapAnonymous | Libc.MapNoReserve, -1, 0);
        Assert.False(memory == Libc.MapFailed);
        try
        {
            using var map = new PoisonMap(memory, length);
            memory[0] = memory[lost - 1] = memory[length - 1] = 1;
            Assert.Equal(0, PoisonScan.Run(map));
            Assert.Null(UserfaultfdPoison.Install(memory + lost, NativeRegion.PageSize));
            Assert.Equal(64, PoisonScan.Run(map));
            Assert.Equal(lost, map.FirstPoisoned(0, length));
        }
        finally
        {
            _ = Libc.Unmap(memory, length);
        }
    }

    [Fact]
    public void Without_the_privilege_the_reason_is_given()
    {
        ChildResult child = ChildProcess.Run(nameof(UnprivilegedScan));
        Assert.Equal("", child.Error);
        Assert.Equal(0, child.ExitCode);
        Assert.Contains("Memory cannot be scanned for poison here", child.Output);
        Assert.Contains("kpageflags", child.Output);
    }

    [Fact]
    public void A_disposed_map_throws()
    {
        Assert.SkipUnless(PoisonScan.UnsupportedReason is null, PoisonScan.UnsupportedReason ?? "");
        byte* somewhere = stackalloc byte[1];
        var map = new PoisonMap(somewhere, 1);
        map.Dispose();
        Assert.Throws<ObjectDisposedException>(() => PoisonScan.Run(map));
    }
}
