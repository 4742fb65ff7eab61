using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace CopyMc.Engine.Tests.Children;

/// <summary>Faults and signals that have nothing to do with a copy of the library's. Most of them end the process.</summary>
internal static unsafe partial class ForeignFault
{
    /// <summary>Long enough for .NET to leave a copy to the C library.</summary>
    private const int Length = 1 << 20;

    internal static int ManagedReadOfTruncatedMapping()
    {
        using NativeRegion region = Truncated();
        try
        {
            return region.Pointer[Length / 2];
        }
        catch (NullReferenceException)
        {
            return 1;
        }
    }

    internal static int NativeCopyOfTruncatedMapping()
    {
        using NativeRegion region = Truncated();
        using var destination = new NativeRegion(Length);
        NativeMemory.Copy(region.Pointer, destination.Pointer, Length);
        return 0;
    }

    internal static int SentSigBus()
    {
        _ = Kill(Environment.ProcessId, MceStub.SigBus);
        Thread.Sleep(1000);
        return 0;
    }

    internal static int NullDereference()
    {
        int caught = 0;
        for (int i = 0; i < 100; i++)
        {
            try
            {
                caught += LengthOf(null);
            }
            catch (NullReferenceException)
            {
                caught++;
            }
        }
        Console.WriteLine(caught);
        return 0;
    }

    internal static int StackOverflow() => Recurse(1);

    internal static int UncoveredEarlyReport()
    {
        _ = EarlyReport.Raise(0x10000);
        return 0;
    }

    private static NativeRegion Truncated()
    {
        var region = new NativeRegion(Length);
        // Not at its start, which .NET looks at before it hands over to the C library.
        PoisonInjector.Inject(region, Length / 2, PoisonSource.TruncatedMapping);
        return region;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int LengthOf(string? text) => text!.Length;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int Recurse(int depth) => depth == int.MaxValue ? 0 : Recurse(depth + 1) + 1;

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);
}
