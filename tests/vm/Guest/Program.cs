using System.Diagnostics;
using System.Runtime.CompilerServices;
using CopyMc.Contract;
using CopyMc.Guest.MachineChecks;

namespace CopyMc.Guest;

/// <summary>
/// Puts promises to the test, without a test framework, which would be slow under emulation: [--machine-checks] [--filter TEXT]. All those of the
/// contract, or those that machine checks put to the test. A line for each, then the counts. Exit code 0 if none was broken.
/// </summary>
internal static class Program
{
    private static int Main(string[] args)
    {
        if (args is [Child.Argument, string deed])
            return Child.Do(deed);
        Sweep.IsSparse = true;
        IReadOnlyList<Promise> promises = args is ["--machine-checks", ..] ? InjectedMachineChecks.Promises : Catalog.All;
        string filter = args is [.., "--filter", string text] ? text : "";
        int passed = 0, failed = 0, skipped = 0;
        foreach (Promise promise in promises.Where(promise => promise.Name.Contains(filter, StringComparison.OrdinalIgnoreCase)))
        {
            long start = Stopwatch.GetTimestamp();
            string? unavailable = promise.UnavailableReason;
            try
            {
                if (unavailable is null)
                    promise.Keep();
            }
            catch (UnavailableException reason)
            {
                unavailable = reason.Message;
            }
            catch (Exception violation)
            {
                failed++;
                Console.WriteLine($"FAILED {promise.Name}: {(violation is ContractViolationException ? violation.Message : violation)}");
                continue;
            }
            if (unavailable is null)
            {
                passed++;
                Console.WriteLine($"passed {promise.Name} [{Stopwatch.GetElapsedTime(start).TotalSeconds:F1} s]");
            }
            else
            {
                skipped++;
                Console.WriteLine($"skipped {promise.Name}: {unavailable}");
            }
        }
        Console.WriteLine($"{(RuntimeFeature.IsDynamicCodeCompiled ? "JIT" : "NativeAOT")}: {passed} passed, {failed} failed, {skipped} skipped");
        return failed == 0 && (passed > 0 || filter.Length > 0) ? 0 : 1;
    }
}
