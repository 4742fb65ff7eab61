using System.Runtime.InteropServices;
using CopyMc.Collapse;
using CopyMc.Contract;
using CopyMc.Simulation;

namespace CopyMc.Guest.MachineChecks;

/// <summary>
/// A machine check in the kernel's own copy, in MADV_COLLAPSE of anonymous memory, has the same outcome as the same poison on the simulated
/// machine.
/// </summary>
internal sealed unsafe partial class CollapseMachineCheck(int page)
{
    private const int Pages = PageTable.EntryCount, Collapse = 25, Einval = 22;
    private const nuint HugePage = NativeRegion.HugePageSize;

    // A low line, because the debugger steps through every byte before it.
    private const int LineInPage = 2;

    internal static IReadOnlyList<Promise> Promises { get; } =
    [
        .. from page in new[] { 0, Pages / 2, Pages - 1 }
           select new Promise(
               $"{nameof(CollapseMachineCheck)}: A machine check in the kernel's copy of page {page} ends MADV_COLLAPSE as in the model", null,
               new CollapseMachineCheck(page).EndsAsInTheModel),
    ];

    private static int PageSize => NativeRegion.PageSize;

    private void EndsAsInTheModel()
    {
        FaultRecovery.RequestEarlyReports();
        // Keeps the pages small until they are collapsed. MADV_COLLAPSE ignores this setting.
        File.WriteAllText("/sys/kernel/mm/transparent_hugepage/enabled", "never");
        using var source = new NativeRegion(HugePage, new NativeRegionOptions { Pages = PageKind.TransparentHuge });
        using var destination = new NativeRegion(HugePage);
        Pattern.Fill(source.Span, seed: 14);
        byte[] expected = source.Span.ToArray();
        byte* bad = source.Pointer + page * PageSize + LineInPage * PoisonMap.LineSize;
        ulong physical = Physical.AddressOf(bad);
        nuint function = KernelView.AddressOf("copy_mc_enhanced_fast_string");
        // The kernel copies through its direct map.
        nuint directMap = Injector.ReadKernel(KernelView.AddressOf("page_offset_base"));

        Injector.ArmActionRequired(function, directMap + (nuint)physical, physical);
        var outcome = new List<string> { Advise(source) };

        (nuint instruction, nuint reached) = Injector.AwaitMachineCheck();
        Require.True(instruction - function < 64);
        Require.Equal(directMap + (nuint)physical, reached);
        // The kernel has queued the frame. The next call finds the poison only after the frame was handled.
        EarlyReport.Await(source.Poison);
        Require.Equal((nuint)(page * PageSize), source.Poison.FirstPoisoned(0, HugePage));
        outcome.Add(Advise(source));

        Require.True(outcome[0].StartsWith($"errno {Einval}, ", StringComparison.Ordinal) && outcome[0].Contains("copy_poisoned_page"), outcome[0]);
        Require.Equal(string.Join('\n', ModelOutcome()), string.Join('\n', outcome));
        SalvageResult salvaged = CopyEngine.Shared.Salvage(source.Pointer, destination.Pointer, HugePage);
        Require.Equal(new LostRange((nuint)(page * PageSize), (nuint)PageSize), salvaged.Lost.Single());
        for (int i = 0; i < Pages; i++)
        {
            if (i != page && !destination.Span.Slice(i * PageSize, PageSize).SequenceEqual(expected.AsSpan(i * PageSize, PageSize)))
                Require.Fail($"page {i} has other content after the failed collapse");
        }
    }

    /// <summary>Returns the errno, then the status of each tracepoint of the call.</summary>
    private static string Advise(NativeRegion region)
    {
        using var trace = new CollapseTracepoints();
        int errno = MemoryAdvise(region.Pointer, region.Length, Collapse) == 0 ? 0 : Marshal.GetLastPInvokeError();
        return string.Join(", ", [$"errno {errno}", .. trace.Statuses()]);
    }

    private IEnumerable<string> ModelOutcome()
    {
        using var machine = new SimulatedMachine(4 * HugePage);
        AddressSpace process = machine.NewProcess();
        ulong start = process.Mmap(HugePage).Value;
        for (int i = 0; i < Pages; i++)
            Require.Equal(AccessResult.Done, process.Write(start + (ulong)(i * PageSize), new byte[PageSize]));
        machine.Poison(process.EntryAt(start + (ulong)(page * PageSize)).Pfn, LineInPage);
        for (int call = 0; call < 2; call++)
        {
            var trace = new CollapseTrace();
            int errno = (int)MadviseCollapse.Run(process, start, HugePage, trace).Error;
            var statuses = from traced in trace.Events
                           from field in traced.Fields
                           where field.Name == "status"
                           select $"{traced.Name} {field.Value}";
            yield return string.Join(", ", [$"errno {errno}", .. statuses]);
        }
    }

    [LibraryImport("libc", EntryPoint = "madvise", SetLastError = true)]
    private static partial int MemoryAdvise(void* start, nuint length, int advice);
}
