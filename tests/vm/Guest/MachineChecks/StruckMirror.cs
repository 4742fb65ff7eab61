using System.Runtime.InteropServices;
using CopyMc.Contract;

namespace CopyMc.Guest.MachineChecks;

/// <summary>
/// A machine check in a page that is mapped twice. The kernel reports it once, by the place that it comes to first, which need not be the one
/// that the copy reads: the copy ends right from either.
/// </summary>
/// <param name="kernel">The name of the copy kernel.</param>
/// <param name="fromMirror">Whether it reads the second mapping.</param>
internal sealed unsafe partial class StruckMirror(string kernel, bool fromMirror)
{
    private const int Pages = 6, BadPage = 2, MayMove = 1;

    internal static IReadOnlyList<Promise> Promises { get; } =
    [
        .. from kernel in new[] { "native-rep-movsb", "native-avx2" }
           from fromMirror in new[] { false, true }
           select new Promise(
               $"{nameof(StruckMirror)}: A machine check in a page that is mapped twice ends {kernel} with a right count, read at its {(fromMirror ? "second" : "first")} place",
               null, new StruckMirror(kernel, fromMirror).StopsRight),
    ];

    private void StopsRight()
    {
        using var region = new NativeRegion(Pages * NativeRegion.PageSize, new NativeRegionOptions { Backing = RegionBacking.Memfd });
        using var destination = new NativeRegion(Pages * NativeRegion.PageSize);
        Pattern.Fill(region.Span, seed: 14);
        byte[] expected = region.Span.ToArray();
        destination.Span.Fill(Pattern.Canary);
        // A shared mapping of old length 0 is mapped once more (mremap(2)).
        byte* mirror = MapAgain(region.Pointer, 0, region.Length, MayMove);
        Require.True(new ReadOnlySpan<byte>(mirror, (int)region.Length).SequenceEqual(expected));
        byte* source = fromMirror ? mirror : region.Pointer;
        const int Prefix = BadPage * NativeRegion.PageSize;
        byte* bad = source + Prefix;
        CopyEngine engine = Engines.Of(kernel);
        const int Lead = 256;

        Injector.ArmActionRequired(StubFunction.AddressOf(kernel), (nuint)bad, Physical.AddressOf(bad));
        nuint remaining = engine.Copy(bad - Lead, destination.Pointer, region.Length - Prefix + Lead, out CopyFault fault);

        _ = Injector.AwaitStrike();
        Require.Equal(region.Length - Prefix, remaining);
        Require.Equal(new CopyFault(CopyFaultKind.MachineCheck, CopySide.Source, (nuint)bad, NativeRegion.PageSize), fault);
        Require.True(destination.Span[..Lead].SequenceEqual(expected.AsSpan(Prefix - Lead, Lead)));
        Require.Equal(-1, destination.Span[Lead..].IndexOfAnyExcept(Pattern.Canary));
        Require.Equal(0, Unmap(mirror, region.Length));
    }

    [LibraryImport("libc", EntryPoint = "mremap", SetLastError = true)]
    private static partial byte* MapAgain(byte* address, nuint oldLength, nuint length, int flags);

    [LibraryImport("libc", EntryPoint = "munmap")]
    private static partial int Unmap(byte* address, nuint length);
}
