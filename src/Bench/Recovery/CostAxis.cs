using CopyMc.Bench.MainJob;

namespace CopyMc.Bench.Recovery;

/// <summary>The rows along one axis, as tables and plots show them.</summary>
/// <param name="Name">What differs between the rows.</param>
/// <param name="Rows">Each with its name on this axis and its index among all rows.</param>
internal sealed record CostAxis(string Name, IReadOnlyList<(string Name, CostRow Row, int Index)> Rows)
{
    internal static IReadOnlyList<CostAxis> Of(RecoveryCostReport report)
    {
        PoisonSource? origin = report.Costs.FirstOrDefault(row => row.Position == PoisonPosition.LastLine)?.Source;
        string chosen = report.Machine.ChosenKernel;
        bool IsChosen(CostRow row) => row.Kernel is null || row.Kernel == chosen;
        bool IsFirst(CostRow row) => row.Position == PoisonPosition.FirstLine;
        bool IsPlain(CostRow row) => row is { Pages: PageKind.Small, Threads: 1 };

        CostAxis Along(string name, Func<CostRow, string> rowName, Func<CostRow, bool> where) =>
            new(name, [.. report.Costs.Index().Where(row => where(row.Item)).Select(row => (rowName(row.Item), row.Item, row.Index))]);
        CostAxis[] axes =
        [
            Along("source of faults", row => $"{row.Source}, {row.ShownName}",
                row => IsPlain(row) && IsFirst(row) && row.Role != CostRole.Peer && IsChosen(row)),
            Along("place of the poison, and peers", row => $"{row.Position.Name()}, {row.ShownName}",
                row => row.Source == origin && IsPlain(row) && row.Role != CostRole.Floor && IsChosen(row)),
            Along("kernel", row => row.Kernel!, row => row.Source == origin && IsPlain(row) && IsFirst(row) && row.Role == CostRole.Engine),
            Along("pages", row => $"{row.Pages}, {row.ShownName}",
                row => row.Source == origin && row.Threads == 1 && IsFirst(row) && row.Role != CostRole.Peer && IsChosen(row)),
            Along("threads", row => $"{row.Threads}, {row.ShownName}",
                row => row is { Pages: PageKind.Small, Role: not CostRole.Peer } && row.Source == origin && IsFirst(row) && IsChosen(row)),
        ];
        return [.. axes.Where(axis => axis.Rows.Count > 0)];
    }
}
