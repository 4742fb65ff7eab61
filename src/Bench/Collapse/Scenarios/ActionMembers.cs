namespace CopyMc.Bench.Collapse.Scenarios;

/// <summary>The members that an action may have, by its kind.</summary>
internal static class ActionMembers
{
    /// <summary>By their names in JSON; a member with an exclamation mark is required.</summary>
    private static string Of(ActionKind kind) => kind switch
    {
        ActionKind.Write or ActionKind.Read or ActionKind.DontNeed or ActionKind.LazyFree or ActionKind.Cold or ActionKind.PageOut =>
            "process region first count",
        ActionKind.Advise => "process region first count advice!",
        ActionKind.SplitMapping => "process region",
        ActionKind.Fork or ActionKind.Exit or ActionKind.Unpin => "process",
        ActionKind.Truncate => "region lengthPages!",
        ActionKind.PunchHole => "region first count",
        ActionKind.WriteBack => "region",
        ActionKind.DropCaches or ActionKind.Reclaim or ActionKind.HandlePoison => "",
        ActionKind.Poison => "process region page! line kind",
        ActionKind.Pin or ActionKind.Lock or ActionKind.Unlock => "process region page!",
        ActionKind.Collapse => "process region first count by! limits between failures expect",
        ActionKind.Expect => "process region expect!",
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };

    /// <exception cref="ScenarioFault">The action has a member that means nothing to it, or lacks one that it needs.</exception>
    internal static void Check(ScenarioAction action, string place)
    {
        string kind = Word.Of(action.Do);
        string[] all = Of(action.Do).Split(' ', StringSplitOptions.RemoveEmptyEntries);
        string[] allowed = [.. all.Select(member => member.TrimEnd('!'))];
        HashSet<string> present =
        [
            .. from property in ScenarioJson.Options.GetTypeInfo(typeof(ScenarioAction)).Properties
               where !property.IsRequired && property.Get!(action) is not null
               select property.Name,
        ];
        if (present.Except(allowed).FirstOrDefault() is { } useless)
        {
            string has = string.Join(", ", allowed.DefaultIfEmpty("no members"));
            throw new ScenarioFault($"{place}.{useless}", $"'{useless}' means nothing to '{kind}'; it has {has}.");
        }
        if (Array.Find(all, member => member.EndsWith('!') && !present.Contains(member.TrimEnd('!'))) is { } missing)
            throw new ScenarioFault(place, $"'{kind}' needs '{missing.TrimEnd('!')}'.");
    }
}
