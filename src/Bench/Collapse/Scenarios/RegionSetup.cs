using CopyMc.Simulation;

namespace CopyMc.Bench.Collapse.Scenarios;

/// <summary>Memory that the first process has mapped, and its pages.</summary>
internal sealed record RegionSetup
{
    /// <summary>Of all regions together: every byte, and every count of the machine, is compared again and again.</summary>
    internal const int MostPages = 1 << 15;

    internal const int MostFilePages = 1 << 26;

    /// <summary>The name that actions refer to. An action without a name means the first region.</summary>
    public string? Name { get; init; }

    public MemoryKind Memory { get; init; }

    [Bounds(1, MostPages)]
    public int LengthPages { get; init; } = PageTable.EntryCount;

    /// <summary>Where it is mapped, as in "0x40000000"; by default on the next free 2 MiB boundary.</summary>
    public string? Address { get; init; }

    /// <summary>The page of the file that is mapped first.</summary>
    [Bounds(0, MostFilePages)]
    public int FilePage { get; init; }

    /// <summary>Whether stores to a file stay with the process.</summary>
    public bool Private { get; init; }

    /// <summary>Whether another process has the regular file open for writing.</summary>
    public bool OpenForWrite { get; init; }

    /// <summary>Pages that the shmem file may hold.</summary>
    public long? LimitPages { get; init; }

    public Advice Advice { get; init; } = Advice.HugePage;
    public Protection Protection { get; init; } = Protection.ReadWrite;
    public UserfaultfdModes Userfaultfd { get; init; }

    /// <summary>A later run replaces an earlier one. A page in no run is absent.</summary>
    public IReadOnlyList<PageRun> Pages { get; init; } = [];

    /// <summary>The run that each page begins as.</summary>
    internal PageRun[] RunOfEachPage()
    {
        var runs = new PageRun[LengthPages];
        Array.Fill(runs, new PageRun { First = 0, State = PageState.Absent });
        foreach (PageRun run in Pages)
            runs.AsSpan(run.First, run.Count).Fill(run);
        return runs;
    }
}
