using System.Runtime.InteropServices;
using CopyMc.Contract;

namespace CopyMc.Guest.MachineChecks;

/// <summary>
/// A machine check in a page that is mapped twice. The kernel reports it once, with the address of the first mapping that it finds, which need
/// not be the one that the copy reads. The copy returns the right count from either.
/// </summary>
/// <param name="kernel">The name of the copy kernel.</param>
/// <param name="fromSecond">Whether it reads the second mapping.</param>
internal sealed unsafe partial class SecondMappingMachineCheck(string kernel, bool fromSecond)
{
    private const int Pages = 6, BadPage = 2, MayMove = 1;

    internal static IReadOnlyList<Promise> Promises { get; } =
    [
        .. from kernel in new[] { "native-rep-movsb", "native-avx2" }
           from fromSecond in new[] { false, true }
           select new Promise(
               $"{nameof(SecondMappingMachineCheck)}: {kernel} returns the right count after a machine check in a page that is mapped twice, read through the {(fromSecond ? "second" : "first")} mapping",
               null, new SecondMappingMachineCheck(kernel, fromSecond).ReturnsRightCount),
    ];

    private void ReturnsRightCount()
    {
        using var region = new NativeRegion(Pages * NativeRegion.PageSize, new NativeRegionOptions { Backing = RegionBacking.Memfd });
        using var destination = new NativeRegion(Pages * NativeRegion.PageSize);
        Pattern.Fill(region.Span, seed: 14);
        byte[] expected = region.Span.ToArray();
        destination.Span.Fill(Pattern.Canary);
        // A shared mapping of old length 0 is mapped once more (mremap(2)).
        byte* second = MapAgain(region.Pointer, 0, region.Length, MayMove);
        Require.True(new ReadOnlySpan<byte>(second, (int)region.Length).SequenceEqual(expected));
        byte* source = fromSecond ? second : region.Pointer;
        const int Prefix = BadPage * NativeRegion.PageSize;
        byte* bad = source + Prefix;
        CopyEngine engine = Engines.Of(kernel);
        const int Lead = 256;

        Injector.ArmActionRequired(StubFunction.AddressOf(kernel), (nuint)bad, Physical.AddressOf(bad));
        nuint remaining = engine.Copy(bad - Lead, destination.Pointer, region.Length - Prefix + Lead, out CopyFault fault);

        _ = Injector.AwaitMachineCheck();
        Require.Equal(region.Length - Prefix, remaining);
        Require.Equal(new CopyFault(CopyFaultKind.MachineCheck, CopySide.Source, (nuint)bad, NativeRegion.PageSize), fault);
        Require.True(destination.Span[..Lead].SequenceEqual(expected.AsSpan(Prefix - Lead, Lead)));
        Require.Equal(-1, destination.Span[Lead..].IndexOfAnyExcept(Pattern.Canary));
        Require.Equal(0, Unmap(second, region.Length));
    }

    [LibraryImport("libc", EntryPoint = "mremap", SetLastError = true)]
    private static partial byte* MapAgain(byte* address, nuint oldLength, nuint length, int flags);

    [LibraryImport("libc", EntryPoint = "munmap")]
    private static partial int Unmap(byte* address, nuint length);
}
