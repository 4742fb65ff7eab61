using System.Globalization;

namespace CopyMc.Contract.Promises;

/// <summary>A page with hardware poison ends a copy, anywhere in 2 MiB, for every kind of memory.</summary>
public sealed unsafe class EveryPage : IDisposable
{
    private const nuint HugePage = NativeRegion.HugePageSize, Page = NativeRegion.PageSize, Around = 3 * Page;
    private const int LinesOfPage = NativeRegion.PageSize / PoisonMap.LineSize, LinesOfHugePage = NativeRegion.HugePageSize / PoisonMap.LineSize;

    private const string FreeHugeTlb = "/sys/kernel/mm/hugepages/hugepages-2048kB/free_hugepages";

    private readonly NativeRegion _pattern = new(3 * HugePage);
    private readonly NativeRegion _destination = new(3 * HugePage);

    public EveryPage() => Pattern.Fill(_pattern.Span, seed: 18);

    public void Dispose()
    {
        _pattern.Dispose();
        _destination.Dispose();
    }

    /// <summary>Uses the kernels in turn.</summary>
    public void A_copy_stops_exactly_at_each_of_512_lost_pages_and_marks_it_until_it_is_healed(RegionKind kind, PoisonedFrames frames)
    {
        CopyEngine[] engines = [.. CopyKernel.Available.Where(kernel => kernel.RecoversFromFaults).Select(Engines.Of)];
        NativeRegion region = Make(HugePage, kind);
        try
        {
            for (nuint offset = 0; offset < HugePage; offset += Page)
            {
                if (kind.Pages == PageKind.TransparentHuge && offset != 0)
                {
                    // The last huge page is split.
                    region.Dispose();
                    region = Make(HugePage, kind);
                }
                LosePage(engines[offset / Page % (nuint)engines.Length], region, offset, frames);
            }
        }
        finally
        {
            region.Dispose();
        }
    }

    public void A_hugetlb_page_is_lost_whole(CopyKernel kernel, PoisonedFrames frames)
    {
        // Three pages, and the replacement of the lost one.
        if (!File.Exists(FreeHugeTlb) || int.Parse(File.ReadAllText(FreeHugeTlb), CultureInfo.InvariantCulture) < 4)
            Require.Unavailable("it needs 4 free hugetlb pages of 2 MiB (vm.nr_hugepages)");
        CopyEngine engine = Engines.Of(kernel);
        using NativeRegion region = Make(3 * HugePage, new RegionKind(RegionBacking.Anonymous, PageKind.HugeTlb));
        frames.Inject(region, HugePage);
        Require.Equal(0, region.Poison.PoisonedLineCount);
        var lost = new CopyFault(CopyFaultKind.MachineCheck, CopySide.Source, (nuint)region.Pointer + HugePage, HugePage);
        // The access may hit any of its pages.
        for (nuint inside = 0; inside < HugePage; inside += Page)
        {
            new CopyCase(region.Pointer + HugePage + inside, _destination.Pointer, 100).ExpectStop(engine, 0, lost);
            Require.Equal(LinesOfHugePage, region.Poison.PoisonedLineCount);
            region.Poison.Clear(0, region.Length);
        }

        new CopyCase(region.Pointer, _destination.Pointer, region.Length).ExpectStop(engine, HugePage, lost);
        Expect(0, HugePage);
        Require.Equal(0u, engine.Copy(region.Pointer + 2 * HugePage, _destination.Pointer + 2 * HugePage, HugePage));
        Expect(2 * HugePage, HugePage);

        frames.Heal(region, HugePage, HugePage);
        _pattern.Span.CopyTo(region.Span);
        new CopyCase(region.Pointer, _destination.Pointer, region.Length).ExpectStop(engine, region.Length, default);
        Expect(0, region.Length);
    }

    private NativeRegion Make(nuint length, RegionKind kind)
    {
        NativeRegion region = kind.Make(length);
        _pattern.Span[..(int)length].CopyTo(region.Span);
        return region;
    }

    /// <summary>Copies from a few pages before the lost one to a few after it. <see cref="HugePages"/> copies the whole region.</summary>
    private void LosePage(CopyEngine engine, NativeRegion region, nuint offset, PoisonedFrames frames)
    {
        // For a dirty page the call itself raises SIGBUS, which must not kill the process or be taken for a fault of a copy.
        frames.Inject(region, offset);
        Require.Equal(0, region.Poison.PoisonedLineCount);

        nuint first = offset - nuint.Min(offset, Around), behind = offset + Page, end = nuint.Min(behind + Around, HugePage);
        var copy = new CopyCase(region.Pointer + first, _destination.Pointer + first, end - first);
        var lost = new CopyFault(CopyFaultKind.MachineCheck, CopySide.Source, (nuint)region.Pointer + offset, Page);
        copy.ExpectStop(engine, offset - first, lost);
        Expect(first, offset - first);
        Require.Equal(LinesOfPage, region.Poison.PoisonedLineCount);
        Require.Equal(offset, region.Poison.FirstPoisoned(0, HugePage));

        Require.Equal(0u, engine.Copy(region.Pointer + behind, _destination.Pointer + behind, end - behind));
        Expect(behind, end - behind);

        frames.Heal(region, offset, Page);
        _pattern.Span.Slice((int)offset, (int)Page).CopyTo(region.Span[(int)offset..]);
        copy.ExpectStop(engine, copy.ByteCount, default);
        Expect(first, copy.ByteCount);
    }

    /// <summary>Checks that a part of the destination was copied, and then erases it.</summary>
    private void Expect(nuint offset, nuint length)
    {
        Span<byte> arrived = _destination.Span.Slice((int)offset, (int)length);
        Require.True(arrived.SequenceEqual(_pattern.Span.Slice((int)offset, (int)length)));
        // One byte per line is enough to distinguish the next copy from this one.
        for (int line = 0; line < arrived.Length; line += PoisonMap.LineSize)
            arrived[line] = Pattern.Canary;
    }
}
