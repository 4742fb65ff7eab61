namespace CopyMc.Bench.Collapse.Scenarios;

/// <summary>Which members of an action mean something, by what it does.</summary>
internal static class ActionMembers
{
    private const string Process = "process", Region = "region", First = "first", Count = "count", Page = "page", Line = "line", Kind = "kind",
        Advice = "advice", LengthPages = "lengthPages", By = "by", Limits = "limits", Between = "between", Failures = "failures",
        Expect = "expect";

    /// <summary>Those allowed; those in <see cref="Required"/> must be there.</summary>
    internal static IReadOnlySet<string> Allowed(ActionKind kind) => kind switch
    {
        ActionKind.Write or ActionKind.Read or ActionKind.DontNeed or ActionKind.LazyFree or ActionKind.Cold or ActionKind.PageOut => Set(Process, Region, First, Count),
        ActionKind.Advise => Set(Process, Region, First, Count, Advice),
        ActionKind.SplitMapping => Set(Process, Region),
        ActionKind.Fork or ActionKind.Exit or ActionKind.Unpin => Set(Process),
        ActionKind.Truncate => Set(Region, LengthPages),
        ActionKind.PunchHole => Set(Region, First, Count),
        ActionKind.WriteBack => Set(Region),
        ActionKind.DropCaches or ActionKind.Reclaim or ActionKind.HandlePoison => Set(),
        ActionKind.Poison => Set(Process, Region, Page, Line, Kind),
        ActionKind.Pin or ActionKind.Lock or ActionKind.Unlock => Set(Process, Region, Page),
        ActionKind.Collapse => Set(Process, Region, First, Count, By, Limits, Between, Failures, Expect),
        ActionKind.Expect => Set(Process, Region, Expect),
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };

    internal static IReadOnlySet<string> Required(ActionKind kind) => kind switch
    {
        ActionKind.Advise => Set(Advice),
        ActionKind.Truncate => Set(LengthPages),
        ActionKind.Poison => Set(Page),
        ActionKind.Pin or ActionKind.Lock or ActionKind.Unlock => Set(Page),
        ActionKind.Collapse => Set(By),
        ActionKind.Expect => Set(Expect),
        _ => Set(),
    };

    /// <summary>Those that an action has.</summary>
    internal static IEnumerable<string> Present(ScenarioAction action)
    {
        (string Name, object? Value)[] members =
        [
            (Process, action.Process), (Region, action.Region), (First, action.First), (Count, action.Count), (Page, action.Page), (Line, action.Line),
            (Kind, action.Kind), (Advice, action.Advice), (LengthPages, action.LengthPages), (By, action.By), (Limits, action.Limits),
            (Between, action.Between), (Failures, action.Failures), (Expect, action.Expect),
        ];
        return members.Where(member => member.Value is not null).Select(member => member.Name);
    }

    private static HashSet<string> Set(params string[] names) => [.. names];
}
