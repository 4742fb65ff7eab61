using System.Text.Json.Serialization;
using System.Text.RegularExpressions;

namespace CopyMc.Contract.Agreement;

/// <summary>What the probe printed.</summary>
internal sealed partial record ProbeReport
{
    /// <summary>What this system lacks; null: the state could be built.</summary>
    public string? Unsupported { get; init; }

    /// <summary>The errno of madvise.</summary>
    public int Errno { get; init; }

    /// <summary>The page table entries before the call: in the words of <see cref="CollapseExpectation.Table"/>.</summary>
    public string TableBefore { get; init; } = "";

    /// <summary>The page table entries after the call.</summary>
    public string TableAfter { get; init; } = "";

    /// <summary>Whether every entry, its frame number and flags included, is what it was.</summary>
    public bool TableUnchanged { get; init; }

    /// <summary>What the caller reads.</summary>
    public string Content { get; init; } = "";

    /// <summary>What the other side reads.</summary>
    public string? OtherContent { get; init; }

    /// <summary>Which 2 MiB ranges a PMD mapped before the call.</summary>
    public string RangesBefore { get; init; } = "";

    /// <summary>What stands behind each 2 MiB range after the call; <c>unknown</c> where only root could tell.</summary>
    public string Ranges { get; init; } = "";

    /// <summary>The kernel's tracepoints in order; null: they could not be had, or there were none.</summary>
    public string? Trace { get; init; }

    /// <summary>Whether tracing worked.</summary>
    public bool Traced { get; init; }

    /// <summary>The errno of madvise by name.</summary>
    [JsonIgnore]
    public CollapseErrno Error => (CollapseErrno)Errno;

    /// <summary>The outcome that is compared.</summary>
    [JsonIgnore]
    public CollapseOutcome Outcome => new(Error, Ranges, Content, OtherContent)
    {
        Results = Traced ? string.Join(", ", ScanResult.Matches(Trace ?? "").Select(match => match.Groups[1].Value)) : null,
    };

    [GeneratedRegex(@"mm_khugepaged_scan_(?:pmd|file)\([^)]*(?:status|result)=(\w+)")]
    private static partial Regex ScanResult { get; }
}
