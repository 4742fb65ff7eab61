using System.Runtime.InteropServices;

namespace CopyMc.Engine.Tests.Children;

/// <summary>Copies from and to a page without access rights, with an engine that recovers from SIGSEGV or one that does not.</summary>
internal static unsafe partial class GuardPage
{
    private const int Healthy = 4 * NativeRegion.PageSize;

    internal static int Run(string kernel, bool recoverSegmentationFaults)
    {
        var engine = new CopyEngine(new CopyEngineOptions { Kernel = CopyKernel.Find(kernel), RecoverSegmentationFaults = recoverSegmentationFaults });
        using var region = new NativeRegion(2 * Healthy + NativeRegion.PageSize);
        using var other = new NativeRegion(Healthy);
        Pattern.Fill(region.Span, seed: 12);
        Pattern.Fill(other.Span, seed: 13);
        byte* page = region.Pointer + Healthy;
        if (Protect(page, NativeRegion.PageSize, Libc.ProtNone) != 0)
            return 1;

        foreach ((int before, int length) in Overruns.Long.Concat(Overruns.Short().Where(overrun => overrun.Length % 7 == 0)))
        {
            for (int offset = 0; offset < Overruns.Alignments; offset += 13)
            {
                // The kernel's own count of the bytes before the page, by what is there afterwards.
                other.Span.Fill(Pattern.Canary);
                nuint remaining = engine.Copy(page - before, other.Pointer + offset, (nuint)length, out CopyFault fault);
                if (remaining != (nuint)(length - before) || fault != Expected(page, CopySide.Source))
                    return 2;
                if (!other.Span.Slice(offset, before).SequenceEqual(new ReadOnlySpan<byte>(page - before, before)))
                    return 3;
                if (other.Span[..offset].ContainsAnyExcept(Pattern.Canary) || other.Span[(offset + before)..].ContainsAnyExcept(Pattern.Canary))
                    return 4;
                region.Poison.Clear(0, region.Length);

                remaining = engine.Copy(other.Pointer + offset, page - before, (nuint)length, out fault);
                if (remaining != (nuint)(length - before) || fault != Expected(page, CopySide.Destination))
                    return 5;
                if (!other.Span.Slice(offset, before).SequenceEqual(new ReadOnlySpan<byte>(page - before, before)))
                    return 6;
                if (engine.Copy(page - before, other.Pointer + offset, (nuint)length) != (nuint)(length - before))
                    return 7;
                region.Poison.Clear(0, region.Length);
                Pattern.Fill(new Span<byte>(page - before, before), seed: before + offset);
            }
        }
        return 0;
    }

    private static CopyFault Expected(byte* page, CopySide side) => new(CopyFaultKind.AccessViolation, side, (nuint)page, NativeRegion.PageSize);

    [LibraryImport("libc", EntryPoint = "mprotect")]
    private static partial int Protect(void* address, nuint length, int protection);
}
