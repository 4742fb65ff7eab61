using System.Text.Json.Serialization;
using CopyMc.Collapse;

namespace CopyMc.Bench.Collapse.Scenarios;

/// <summary>An action that happens before a step of a collapse. If a lock is in its way it waits, as it would, and is tried before each later step.</summary>
internal sealed record InterleavedAction
{
    public required CollapseStep At { get; init; }

    /// <summary>Before which page of the step, where it goes page by page: swapIn, isolate, copy.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int Page { get; init; }

    /// <summary>In which of the ranges that are collapsed, counted from 0.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int Range { get; init; }

    public required ScenarioAction Action { get; init; }
}
