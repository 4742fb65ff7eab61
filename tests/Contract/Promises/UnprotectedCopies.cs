using System.Runtime.InteropServices;

namespace CopyMc.Contract.Promises;

/// <summary>The control: a copy that cannot recover dies of what the others survive, or they would have survived nothing.</summary>
public sealed unsafe class UnprotectedCopies
{
    private const int KilledBySigBus = 128 + 7, Aborted = 128 + 6;

    private const string AboutToCopy = "about to copy";

    public void NativeMemory_Copy_dies_where_an_engine_has_just_lived(PoisonSource source)
    {
        (int exitCode, string said, string complaint) = Child.Run($"{nameof(CopyUnprotected)} {source}");
        if (said != AboutToCopy || !DiedOfTheCopy(exitCode, complaint))
            Require.Fail($"the child ended with {exitCode}, said '{said}' and complained '{complaint}'");
    }

    /// <summary>
    /// By SIGBUS; or, where the copy is compiled by the JIT (arm64), by the abort that .NET makes of a SIGBUS in code of its own, which says where it was.
    /// Of other aborts it says something else: an exception that nobody catches is no "Fatal error".
    /// </summary>
    internal static bool DiedOfTheCopy(int exitCode, string complaint) => exitCode == KilledBySigBus
        || (exitCode == Aborted && complaint.StartsWith("Fatal error.", StringComparison.Ordinal) && complaint.Contains($"{nameof(NativeMemory)}.{nameof(NativeMemory.Copy)}("));

    internal static int CopyUnprotected(PoisonSource source)
    {
        using var region = new NativeRegion(3 * NativeRegion.PageSize);
        using var destination = new NativeRegion(region.Length);
        // An engine's copy lives, in this very process and place.
        PoisonInjector.Inject(region, NativeRegion.PageSize, source);
        if (CopyEngine.Shared.Copy(region.Pointer, destination.Pointer, region.Length) != 2 * NativeRegion.PageSize)
            return 1;
        Console.Write(AboutToCopy);
        NativeMemory.Copy(region.Pointer, destination.Pointer, region.Length);
        return 0;
    }
}
