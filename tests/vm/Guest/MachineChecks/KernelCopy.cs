using System.Diagnostics;
using CopyMc.Contract;

namespace CopyMc.Guest.MachineChecks;

/// <summary>
/// A machine check in the kernel's own copy in a collapse, by MADV_COLLAPSE and by khugepaged, of private memory and of shmem. Since 6.4 the
/// collapse is undone and only the bad page is lost; before, the kernel panics.
/// </summary>
internal sealed unsafe class KernelCopy(Collapser collapser, RegionBacking backing, int page)
{
    private const int Pages = 512, LineInPage = 2, Einval = 22;

    // More bytes than the kernel's functions that copy a page have.
    private const int MostBytes = 64;

    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(60);

    internal static IReadOnlyList<Promise> Promises { get; } =
    [
        .. from collapser in Enum.GetValues<Collapser>()
           from backing in new[] { RegionBacking.Anonymous, RegionBacking.Memfd }
           from page in new[] { -1, 0, Pages / 2, Pages - 1 }
           let copy = new KernelCopy(collapser, backing, page)
           let name = collapser == Collapser.Madvise ? "MADV_COLLAPSE" : "khugepaged"
           let memory = backing == RegionBacking.Anonymous ? "anonymous memory" : "shmem"
           select page < 0
               ? new Promise($"{nameof(KernelCopy)}: {name} collapses {memory} without a machine check", null, copy.CollapsesWithoutMachineCheck)
               : new Promise($"{nameof(KernelCopy)}: A machine check in the copy of page {page} by {name} of {memory} loses only that page", null, copy.LosesOnePage),
    ];

    private void CollapsesWithoutMachineCheck()
    {
        using var range = new CollapsibleRange(backing, collapser);
        byte[] expected = range.Region.Span.ToArray();
        Require.False(range.IsHuge);

        Require.Equal(0, range.Collapse());

        Await(() => range.IsHuge, "the range is not huge");
        Require.True(range.Region.Span.SequenceEqual(expected));
    }

    private void LosesOnePage()
    {
        using var range = new CollapsibleRange(backing, collapser);
        NativeRegion source = range.Region;
        using var destination = new NativeRegion(source.Length);
        byte[] expected = source.Span.ToArray();
        byte* bad = source.Pointer + page * NativeRegion.PageSize + LineInPage * PoisonMap.LineSize;
        ulong physical = Physical.AddressOf(bad);
        // The kernel copies through its direct map.
        nuint address = Injector.ReadKernel(KernelView.AddressOf("page_offset_base")) + (nuint)physical;
        nuint function = KernelView.AddressOf(KernelView.CollapseRecovers ? "copy_mc_enhanced_fast_string" : "copy_page");
        long corrupted = RealPoison.HardwareCorrupted;
        using var trace = new CollapseTracepoints();

        if (KernelView.CollapseRecovers)
            Injector.ArmActionRequired(function, address, physical);
        else
            Injector.ArmPageCopy(function, address, physical);
        int errno = range.Collapse();

        (nuint instruction, nuint reached) = Injector.AwaitMachineCheck();
        Require.True(instruction - function < MostBytes);
        Require.Equal(address & ~(nuint)7, reached & ~(nuint)7);
        string ending = backing == RegionBacking.Anonymous ? "mm_collapse_huge_page copy_poisoned_page" : "mm_khugepaged_collapse_file copy_poisoned_page";
        Await(() => trace.Statuses().Contains(ending), $"no tracepoint reported '{ending}'");
        Require.Equal(collapser == Collapser.Madvise ? Einval : 0, errno);

        // The kernel has queued the frame, and handles it later.
        Await(() => RealPoison.HardwareCorrupted == corrupted + NativeRegion.PageSize / 1024, "the kernel did not take the page away");
        SalvageResult salvaged = CopyEngine.Shared.Salvage(source.Pointer, destination.Pointer, source.Length);
        // Linux 6.18 often counts the page as bad and leaves it mapped, so that on hardware the next access would hit the error again.
        bool isLost = salvaged.Lost.Count > 0;
        Require.True(isLost || KernelView.MayLeaveBadPages, "the bad page is still mapped");
        if (isLost)
            Require.Equal(new LostRange((nuint)(page * NativeRegion.PageSize), NativeRegion.PageSize), salvaged.Lost.Single());
        for (int i = 0; i < Pages; i++)
        {
            Range bytes = (i * NativeRegion.PageSize)..((i + 1) * NativeRegion.PageSize);
            if (!(i == page && isLost) && !destination.Span[bytes].SequenceEqual(expected.AsSpan(bytes)))
                Require.Fail($"page {i} has other content after the failed collapse");
        }
        Console.WriteLine($"{ending} {(collapser == Collapser.Madvise ? $"(errno {errno})" : "(khugepaged)")}, page {page} of {Pages} {(isLost ? "lost" : "bad, but still mapped")}, the process lives");
    }

    private static void Await(Func<bool> condition, string otherwise)
    {
        long start = Stopwatch.GetTimestamp();
        while (!condition())
        {
            if (Stopwatch.GetElapsedTime(start) > s_timeout)
                Require.Fail($"{otherwise} after {s_timeout.TotalSeconds} s");
            Thread.Sleep(10);
        }
    }
}
