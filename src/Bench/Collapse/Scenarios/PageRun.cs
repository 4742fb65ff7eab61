using System.Text.Json.Serialization;

namespace CopyMc.Bench.Collapse.Scenarios;

/// <summary>Pages of a region that begin alike.</summary>
internal sealed record PageRun
{
    public required int First { get; init; }
    public int Count { get; set; } = 1;
    public PageState State { get; set; } = PageState.Present;
    public PoisonKind? Poison { get; init; }

    /// <summary>The poisoned line, from 0 to 63.</summary>
    public int? Line { get; init; }

    /// <summary>Whether memory-failure handling has dealt with the poison already.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Handled { get; init; }

    /// <summary>Whether a child of fork has it too.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Shared { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Pinned { get; init; }
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Locked { get; init; }

    /// <summary>Whether the file system keeps data of its own with it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool FileSystemData { get; init; }
}
