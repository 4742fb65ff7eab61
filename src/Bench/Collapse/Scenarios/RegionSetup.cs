using System.Text.Json.Serialization;

namespace CopyMc.Bench.Collapse.Scenarios;

/// <summary>What the first process has mapped, and what its pages are.</summary>
internal sealed record RegionSetup
{
    /// <summary>By which actions refer to it; without one, by none: the first region is meant then.</summary>
    public string? Name { get; init; }

    public MemoryKind Memory { get; init; }
    public int LengthPages { get; set; } = 512;

    /// <summary>Where, as in "0x40000000"; by default on the next free 2 MiB boundary.</summary>
    public string? Address { get; init; }

    /// <summary>The page of the file that is mapped first.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int FilePage { get; init; }

    /// <summary>Whether stores to a file stay with the process.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Private { get; init; }

    /// <summary>Whether somebody has the regular file open for writing.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool OpenForWrite { get; init; }

    /// <summary>Pages that the shmem file may hold.</summary>
    public long? LimitPages { get; init; }

    public RegionAdvice Advice { get; set; } = RegionAdvice.HugePage;
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public RegionProtection Protection { get; init; }
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public UserfaultfdRegistration Userfaultfd { get; init; }

    /// <summary>In their order: a later run has the say over an earlier one. What none covers is absent.</summary>
    public IReadOnlyList<PageRun> Pages { get; set; } = [];
}
