using System.Runtime.InteropServices;

namespace CopyMc.Contract.Promises;

/// <summary>
/// On arm64 the hardware ignores the top byte of an address (TBI), where HWASan and other tools keep a tag. Copies, maps and salvage ignore it too, and
/// faults have addresses without it.
/// </summary>
public sealed unsafe class TaggedPointers : IDisposable
{
    private const nuint Page = NativeRegion.PageSize;
    private static readonly nuint s_tag = (nuint)0x2a << 56;

    private readonly NativeRegion _source = new(6 * Page, new NativeRegionOptions { Backing = RegionBacking.Memfd });
    private readonly CanaryDestination _destination = new(6 * Page);

    public TaggedPointers() => Pattern.Fill(_source.Span, seed: 24);

    public void Dispose()
    {
        _source.Dispose();
        _destination.Dispose();
    }

    public void Copies_stop_at_known_poison(CopyKernel kernel)
    {
        _source.Poison.Mark(3 * Page);
        foreach (nuint length in (ReadOnlySpan<nuint>)[100, 5000, 6 * Page])
        {
            nuint prefix = nuint.Min(length, 3 * Page);
            CopyFault stop = prefix == length
                ? default
                : new CopyFault(CopyFaultKind.KnownPoison, CopySide.Source, (nuint)_source.Pointer + 3 * Page, PoisonMap.LineSize);
            new CopyCase(Tagged(_source.Pointer), Tagged(_destination.Start), length).ExpectStop(Engines.Of(kernel), prefix, stop);
            _destination.Check(new CopyCase(_source.Pointer, _destination.Start, length), prefix);
        }
    }

    public void A_map_at_a_tagged_address_covers_the_memory()
    {
        using var map = new PoisonMap(Tagged(_source.Pointer), Page);
        map.Mark(64);
        Require.Equal(Page - 64, CopyEngine.Shared.Copy(_source.Pointer, _destination.Start, Page));
    }

    public void The_same_memory_with_two_tags_overlaps(CopyKernel kernel)
    {
        foreach (nuint length in (ReadOnlySpan<nuint>)[1, 64, 5 * Page])
        {
            try
            {
                _ = Engines.Of(kernel).Copy(_source.Pointer, Tagged(_source.Pointer), length);
            }
            catch (ArgumentException)
            {
                continue;
            }
            Require.Fail($"{length} bytes were copied to themselves");
        }
    }

    public void A_salvage_loses_only_the_bad_bytes(CopyKernel kernel)
    {
        _source.Poison.Mark(Page + 640);
        nuint lostPages = 0;
        if (kernel.RecoversFromFaults)
        {
            PoisonInjector.Inject(_source, 4 * Page, PoisonSource.TruncatedMapping);
            lostPages = 1;
        }
        SalvageResult result = Engines.Of(kernel).Salvage(Tagged(_source.Pointer), Tagged(_destination.Start), _source.Length);
        Require.Equal(PoisonMap.LineSize + lostPages * Page, result.LostBytes);
        Require.Equal(new LostRange(Page + 640, PoisonMap.LineSize), result.Lost[0]);
    }

    private static byte* Tagged(byte* pointer)
    {
        if (RuntimeInformation.ProcessArchitecture != Architecture.Arm64)
            Require.Unavailable("only arm64 ignores a tag in a pointer");
        return (byte*)((nuint)pointer | s_tag);
    }
}
