using CopyMc.Bench.Collapse.Scenarios;

namespace CopyMc.Bench.Collapse;

/// <summary>How one scenario ended.</summary>
/// <param name="Name">The built-in scenario's name, or the file's.</param>
/// <param name="Description">As the scenario has it.</param>
/// <param name="By">Who collapses, in a built-in scenario.</param>
/// <param name="Memory">What is collapsed, in a built-in scenario.</param>
/// <param name="Kernel">The kernel that was modelled, as in 6.18.</param>
/// <param name="KernelPanic">The place of the action that was a kernel panic and ended the scenario; null: none.</param>
/// <param name="Collapses">In their order.</param>
/// <param name="Failures">What was not as expected.</param>
/// <param name="SkippedReason">Why it could not run here; null: it ran.</param>
internal sealed record ScenarioReport(
    string Name, string? Description, CollapseMeans? By, MemoryKind? Memory, string Kernel, string? KernelPanic,
    IReadOnlyList<CollapseActionReport> Collapses, IReadOnlyList<string> Failures, string? SkippedReason);
