namespace CopyMc.Bench.Collapse.Scenarios;

/// <summary>Which members of an act mean something, by what it does.</summary>
internal static class DeedMembers
{
    private const string Process = "process", Region = "region", First = "first", Count = "count", Page = "page", Line = "line", Kind = "kind",
        Advice = "advice", LengthPages = "lengthPages", By = "by", Limits = "limits", Between = "between", Failures = "failures",
        Expect = "expect";

    /// <summary>Those allowed; those in <see cref="Required"/> must be there.</summary>
    internal static IReadOnlySet<string> Allowed(Deed deed) => deed switch
    {
        Deed.Write or Deed.Read or Deed.DontNeed or Deed.LazyFree or Deed.Cold or Deed.PageOut => Set(Process, Region, First, Count),
        Deed.Advise => Set(Process, Region, First, Count, Advice),
        Deed.SplitMapping => Set(Process, Region),
        Deed.Fork or Deed.Exit or Deed.Unpin => Set(Process),
        Deed.Truncate => Set(Region, LengthPages),
        Deed.PunchHole => Set(Region, First, Count),
        Deed.WriteBack => Set(Region),
        Deed.DropCaches or Deed.Reclaim or Deed.HandlePoison => Set(),
        Deed.Poison => Set(Process, Region, Page, Line, Kind),
        Deed.Pin or Deed.Lock or Deed.Unlock => Set(Process, Region, Page),
        Deed.Collapse => Set(Process, Region, First, Count, By, Limits, Between, Failures, Expect),
        Deed.Expect => Set(Process, Region, Expect),
        _ => throw new ArgumentOutOfRangeException(nameof(deed)),
    };

    internal static IReadOnlySet<string> Required(Deed deed) => deed switch
    {
        Deed.Advise => Set(Advice),
        Deed.Truncate => Set(LengthPages),
        Deed.Poison => Set(Page),
        Deed.Pin or Deed.Lock or Deed.Unlock => Set(Page),
        Deed.Collapse => Set(By),
        Deed.Expect => Set(Expect),
        _ => Set(),
    };

    /// <summary>Those that an act has.</summary>
    internal static IEnumerable<string> Present(ScenarioAct act)
    {
        (string Name, object? Value)[] members =
        [
            (Process, act.Process), (Region, act.Region), (First, act.First), (Count, act.Count), (Page, act.Page), (Line, act.Line),
            (Kind, act.Kind), (Advice, act.Advice), (LengthPages, act.LengthPages), (By, act.By), (Limits, act.Limits),
            (Between, act.Between), (Failures, act.Failures), (Expect, act.Expect),
        ];
        return members.Where(member => member.Value is not null).Select(member => member.Name);
    }

    private static HashSet<string> Set(params string[] names) => [.. names];
}
