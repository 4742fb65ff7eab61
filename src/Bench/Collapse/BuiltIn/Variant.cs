using CopyMc.Bench.Collapse.Scenarios;

namespace CopyMc.Bench.Collapse.BuiltIn;

/// <summary>Who collapses what.</summary>
internal sealed record Variant(CollapseMeans By, MemoryKind Memory)
{
    internal static IReadOnlyList<Variant> All { get; } =
        [.. from means in Enum.GetValues<CollapseMeans>() from memory in Enum.GetValues<MemoryKind>() select new Variant(means, memory)];

    internal static IReadOnlyList<Variant> Of(params MemoryKind[] memory) => [.. All.Where(variant => memory.Contains(variant.Memory))];

    /// <summary>The variants with <c>MADV_COLLAPSE</c>.</summary>
    internal static IReadOnlyList<Variant> Madvise(params MemoryKind[] memory) =>
        [.. Of(memory).Where(variant => variant.By == CollapseMeans.Madvise)];

    internal bool IsKhugepaged => By == CollapseMeans.Khugepaged;
}
