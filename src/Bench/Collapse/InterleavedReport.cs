using CopyMc.Bench.Collapse.Scenarios;
using CopyMc.Collapse;

namespace CopyMc.Bench.Collapse;

/// <summary>An action that was to happen between the steps.</summary>
/// <param name="At">Before which step.</param>
/// <param name="Page">Before which page of the step.</param>
/// <param name="Do">Its kind.</param>
/// <param name="HappenedAt">Before which step it happened; null: after the collapse, or not at all.</param>
/// <param name="Result">How it ended; null: the collapse did not come to its step.</param>
internal sealed record InterleavedReport(CollapseStep At, int Page, ActionKind Do, CollapseStep? HappenedAt, string? Result);
