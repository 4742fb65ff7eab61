using System.Text.Json.Serialization;

namespace CopyMc.Engine.Tests.Collapse.Agreement;

/// <summary>What the probe printed.</summary>
internal sealed record ProbeReport
{
    /// <summary>What this system lacks; null: the state could be built.</summary>
    public string? Unsupported { get; init; }

    /// <summary>The errno of madvise.</summary>
    public int Errno { get; init; }

    /// <summary>The page table entries before the call: runs of <c>present</c>, <c>swap</c> (any entry that is not present), <c>none</c>.</summary>
    public string TableBefore { get; init; } = "";

    /// <summary>The page table entries after the call.</summary>
    public string TableAfter { get; init; } = "";

    /// <summary>Whether every entry, its frame number and flags included, is what it was.</summary>
    public bool TableUnchanged { get; init; }

    /// <summary>What the caller reads.</summary>
    public string Content { get; init; } = "";

    /// <summary>What the other side reads.</summary>
    public string? OtherContent { get; init; }

    /// <summary>What stands behind each 2 MiB range.</summary>
    public string Ranges { get; init; } = "";

    /// <summary>The outcome that is compared.</summary>
    [JsonIgnore]
    public CollapseOutcome Outcome => new((CollapseErrno)Errno, Ranges, Content, OtherContent);
}
