using System.Diagnostics;
using System.Runtime.CompilerServices;
using CopyMc.Contract;
using CopyMc.Guest.MachineChecks;
using CopyMc.Guest.Nodes;

namespace CopyMc.Guest;

/// <summary>
/// Tests promises, without a test framework, which would be slow under emulation: [--machine-checks|--collapses|--nodes] [--filter
/// TEXT]... [--without TEXT]... [--may-skip TEXT]... Tests the promises of the contract, those about machine checks, those about the kernel's copies
/// in collapses, or those about NUMA nodes, selected by a text that their names contain or do not contain. A promise that cannot be tested has failed, unless the reason
/// contains a text of --may-skip. Prints a line for each promise, then the counts. Exit code 0 if none failed.
/// </summary>
internal static class Program
{
    private static int Main(string[] args)
    {
        if (args is [Child.Argument, string action])
            return Child.Run(action);
        Sweep.IsSparse = true;
        IReadOnlyList<Promise> promises = args switch
        {
            ["--machine-checks", ..] => InjectedMachineChecks.Promises,
            ["--collapses", ..] => KernelCopy.Promises,
            ["--nodes", ..] => RegionOfNode.Promises,
            _ => Catalog.All,
        };
        string[] wanted = [.. ValuesOf("--filter", args)], unwanted = [.. ValuesOf("--without", args)], allowed = [.. ValuesOf("--may-skip", args)];
        RealPoison.Begin();
        int passed = 0, failed = 0, skipped = 0;
        foreach (Promise promise in promises.Where(promise => wanted.All(text => Has(promise, text)) && !unwanted.Any(text => Has(promise, text))))
        {
            long start = Stopwatch.GetTimestamp();
            string? unavailable = promise.UnavailableReason;
            try
            {
                if (unavailable is null)
                    promise.Check();
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
            else if (!allowed.Any(text => unavailable.Contains(text, StringComparison.Ordinal)))
            {
                failed++;
                Console.WriteLine($"FAILED {promise.Name}: it may not be skipped here: {unavailable}");
            }
            else
            {
                skipped++;
                Console.WriteLine($"skipped {promise.Name}: {unavailable}");
            }
        }
        Console.WriteLine($"{RealPoison.FramesLost} page frames lost");
        if (RealPoison.FramesLost > 0 && !RealPoison.IsAllowed)
        {
            failed++;
            Console.WriteLine($"FAILED page frames were lost without {RealPoison.Variable}=1");
        }
        Console.WriteLine($"{(RuntimeFeature.IsDynamicCodeCompiled ? "JIT" : "NativeAOT")}: {passed} passed, {failed} failed, {skipped} skipped");
        return failed == 0 && (passed > 0 || wanted.Length > 0) ? 0 : 1;
    }

    private static IEnumerable<string> ValuesOf(string option, string[] args) =>
        args.Zip(args.Skip(1)).Where(pair => pair.First == option).Select(pair => pair.Second);

    private static bool Has(Promise promise, string text) => promise.Name.Contains(text, StringComparison.OrdinalIgnoreCase);
}
