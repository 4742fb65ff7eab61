using System.Runtime.InteropServices;

namespace CopyMc.Contract.Promises;

/// <summary>
/// Memory at addresses that need more than 47 bits on x86-64, or 48 on arm64. The kernel gives them only to a process that asks for such an address, on
/// a CPU with five-level page tables or 52-bit addresses.
/// </summary>
public sealed unsafe class HighAddresses
{
    private const nuint Page = NativeRegion.PageSize;

    public void Copies_and_maps_work_there(CopyKernel kernel)
    {
        nuint least = (nuint)1 << (RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 48 : 47);
        int file = Libc.MemfdCreate("high", Libc.MfdCloseOnExec);
        Require.Equal(0, Libc.Truncate(file, 3 * (nint)Page));
        // The page after the end of the file raises SIGBUS.
        var memory = (byte*)Libc.Map((void*)(2 * least), 4 * Page, Libc.ProtRead | Libc.ProtWrite, Libc.MapShared, file, 0);
        _ = Libc.Close(file);
        Require.True(memory != Libc.MapFailed);
        try
        {
            if ((nuint)memory < least)
                Require.Unavailable("the kernel gives no addresses beyond the usual ones");
            CheckCopies(kernel, memory);
        }
        finally
        {
            _ = Libc.Unmap(memory, 4 * Page);
        }
    }

    private static void CheckCopies(CopyKernel kernel, byte* memory)
    {
        Pattern.Fill(new Span<byte>(memory, 3 * (int)Page), seed: 23);
        using var destination = new CanaryDestination(4 * Page);
        using var map = new PoisonMap(memory, 4 * Page);
        CopyEngine engine = Engines.Of(kernel);
        foreach (nuint length in (ReadOnlySpan<nuint>)[1, 64, 1000, 3 * Page])
            ExpectStop(new CopyCase(memory, destination.Start, length), length, default);

        map.Mark(2000);
        ExpectStop(
            new CopyCase(memory + 1000, destination.Start, 2000), 984,
            new CopyFault(CopyFaultKind.KnownPoison, CopySide.Source, (nuint)memory + 1984, PoisonMap.LineSize));
        map.Clear(2000, 1);

        if (kernel.RecoversFromFaults)
        {
            var lost = new CopyCase(memory + 2 * Page + 100, destination.Start, Page);
            ExpectStop(lost, Page - 100, new CopyFault(CopyFaultKind.BusError, CopySide.Source, (nuint)memory + 3 * Page, Page));
            Require.True(map.IsPoisoned(3 * Page));
        }

        void ExpectStop(CopyCase copy, nuint prefix, CopyFault fault)
        {
            copy.ExpectStop(engine, prefix, fault);
            destination.Check(copy, prefix);
        }
    }
}
