using System.Collections.Immutable;
using CopyMc.Collapse;
using CopyMc.Simulation;

namespace CopyMc.Contract.Agreement;

/// <summary>Builds a state on a simulated machine of its own, has the model collapse it, and reports what came of it.</summary>
internal static unsafe class ModelRun
{
    private const int HugePagePages = PageTable.EntryCount;

    /// <summary>The model's outcome.</summary>
    internal static ModelReport Run(CollapseState state)
    {
        using var subject = new ModelSubject(state);
        string rangesBefore = ProbeWord.List(RangesOf(state).Select(range => IsHuge(subject, range) ? RangeMapping.Huge : RangeMapping.Small));
        ImmutableArray<Pte> before = Entries(state, subject);

        var trace = new CollapseTrace();
        var invariants = new CollapseInvariants(subject.Machine);
        ulong length = (ulong)state.Call.Count * NativeRegion.PageSize;
        Errno errno = MadviseCollapse.Run(subject.Caller, ModelSubject.AddressOf(state.Call.First), length, trace).Error;

        ImmutableArray<Pte> after = Entries(state, subject);
        string ranges = ProbeWord.List(RangesOf(state).Select(range => Mapping(subject, state, range)));
        string[] violations = [.. invariants.Violations()];
        subject.Open();
        bool hasOther = subject.Other is not null || state.AlsoMapped.Count > 0;
        var outcome = new CollapseOutcome((CollapseErrno)errno, ranges, Runs(state, subject.Content), hasOther ? Runs(state, subject.OtherContent) : null)
        {
            Results = string.Join(", ", trace.Events.Select(ScanResult).Where(result => result is not null)),
        };
        return new ModelReport(outcome, rangesBefore, before, after, [.. violations, .. invariants.Violations()]);
    }

    private static IEnumerable<int> RangesOf(CollapseState state)
    {
        int first = state.Mapping.First / HugePagePages, last = (state.Mapping.End - 1) / HugePagePages;
        return Enumerable.Range(first, last - first + 1);
    }

    private static ImmutableArray<Pte> Entries(CollapseState state, ModelSubject subject) =>
        [.. Enumerable.Range(state.Mapping.First, state.Mapping.Count).Select(page => subject.Caller.EntryAt(ModelSubject.AddressOf(page)))];

    private static string Runs(CollapseState state, Func<int, PageContent> content) =>
        ProbeWord.Runs(Enumerable.Range(state.Mapping.First, state.Mapping.Count).Select(content));

    private static bool IsHuge(ModelSubject subject, int range) => subject.Caller.IsHuge(ModelSubject.AddressOf(range * HugePagePages));

    private static RangeMapping Mapping(ModelSubject subject, CollapseState state, int range)
    {
        if (IsHuge(subject, range))
            return RangeMapping.Huge;
        PhysicalMemory memory = subject.Machine.Memory;
        int first = range * HugePagePages;
        uint? head = PfnOf(subject, first);
        bool isFolio = head is uint pfn && pfn == memory.HeadOf(pfn) && memory.PagesOf(pfn) == HugePagePages
            && Enumerable.Range(0, HugePagePages).All(i => IsSeen(state, first + i) && PfnOf(subject, first + i) == pfn + (uint)i);
        return isFolio ? RangeMapping.Folio : RangeMapping.Small;
    }

    /// <summary>The probe sees a file's pages through a mapping, and so none beyond the end of the file.</summary>
    private static bool IsSeen(CollapseState state, int page) => state.Mapping.Contains(page) && !(page >= state.FilePages);

    /// <summary>The frame behind a page: of a file as its page cache has it, of anonymous memory as it is mapped.</summary>
    private static uint? PfnOf(ModelSubject subject, int page)
    {
        if (subject.File is SimulatedFile file)
        {
            PageCacheSlot slot = file.SlotAt(subject.FilePageOf(page));
            return slot.IsPage ? slot.Pfn : null;
        }
        Pte pte = subject.Caller.EntryAt(ModelSubject.AddressOf(page));
        return pte.IsPresent && pte.Pfn < subject.Machine.Memory.FrameCount ? pte.Pfn : null;
    }

    private static string? ScanResult(CollapseTraceEvent traced) => traced.Name switch
    {
        "mm_khugepaged_scan_pmd" => (string)traced.Fields.Single(field => field.Name == "status").Value,
        "mm_khugepaged_scan_file" => (string)traced.Fields.Single(field => field.Name == "result").Value,
        _ => null,
    };
}
