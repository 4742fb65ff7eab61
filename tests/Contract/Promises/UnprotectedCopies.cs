using System.Runtime.InteropServices;

namespace CopyMc.Contract.Promises;

/// <summary>The control: a copy without recovery is killed by the poison that the others survive.</summary>
public sealed unsafe class UnprotectedCopies
{
    private const int KilledBySigBus = 128 + 7, Aborted = 128 + 6;

    private const string AboutToCopy = "about to copy";

    public void NativeMemory_Copy_is_killed_by_poison_that_an_engine_survives(PoisonSource source)
    {
        (int exitCode, string output, string error) = Child.Start($"{nameof(CopyUnprotected)} {source}");
        if (output != AboutToCopy || !WasKilledByCopy(exitCode, error))
            Require.Fail($"the child ended with {exitCode}, output '{output}', error '{error}'");
    }

    /// <summary>
    /// Whether the copy ended the process: by SIGBUS, or, where the JIT compiles the copy (arm64), by an abort of .NET that names the method. An
    /// unhandled exception aborts too, but its message is not "Fatal error".
    /// </summary>
    internal static bool WasKilledByCopy(int exitCode, string error) => exitCode == KilledBySigBus
        || (exitCode == Aborted && error.StartsWith("Fatal error.", StringComparison.Ordinal) && error.Contains($"{nameof(NativeMemory)}.{nameof(NativeMemory.Copy)}("));

    internal static int CopyUnprotected(PoisonSource source)
    {
        using var region = new NativeRegion(3 * NativeRegion.PageSize);
        using var destination = new NativeRegion(region.Length);
        // A copy by an engine survives in the same process and at the same address.
        PoisonInjector.Inject(region, NativeRegion.PageSize, source);
        if (CopyEngine.Shared.Copy(region.Pointer, destination.Pointer, region.Length) != 2 * NativeRegion.PageSize)
            return 1;
        Console.Write(AboutToCopy);
        NativeMemory.Copy(region.Pointer, destination.Pointer, region.Length);
        return 0;
    }
}
