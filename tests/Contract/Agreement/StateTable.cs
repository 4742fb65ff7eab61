using System.Text;

namespace CopyMc.Contract.Agreement;

/// <summary>The recorded states as a table of docs/collapse-kernel.md, with the reasons as notes under it.</summary>
internal static class StateTable
{
    private const string Header =
        "| state | `collapse_probe` | errno | 2 MiB ranges | results | changed otherwise | note |\n|---|---|---|---|---|---|---|\n";

    internal static string Render()
    {
        var notes = new List<string>();
        var text = new StringBuilder();
        foreach (IGrouping<string, CollapseState> group in CollapseStates.All.GroupBy(state => KindOf(state.Memory)))
        {
            text.Append($"\n### {group.Key}\n\n{Header}");
            foreach (CollapseState state in group)
                text.Append(Row(state, notes));
        }
        text.Append("\n### Notes\n\n");
        for (int i = 0; i < notes.Count; i++)
            text.Append($"{i + 1}. {char.ToUpperInvariant(notes[i][0])}{notes[i][1..]}.\n");
        return text.ToString();
    }

    private static string KindOf(CollapseMemory memory) => memory switch
    {
        CollapseMemory.Anonymous => "Anonymous memory",
        CollapseMemory.Shared => "Shmem (memfd), mapped shared",
        CollapseMemory.Private => "Shmem (memfd), mapped private",
        _ => "Other memory",
    };

    private static string Row(CollapseState state, List<string> notes)
    {
        string name = state.Memory is CollapseMemory.Anonymous or CollapseMemory.Shared or CollapseMemory.Private
            ? state.Name[(state.Name.IndexOf(": ", StringComparison.Ordinal) + 2)..]
            : state.Name;
        CollapseExpectation expected = state.Expected;
        string[] cells =
        [
            name,
            Code(string.Join(' ', ProbeArguments.Of(state))),
            Errno(expected.Error),
            expected.Ranges,
            Code(expected.Results),
            Changes(expected),
            Note(state, notes),
        ];
        return $"| {string.Join(" | ", cells)} |\n";
    }

    private static string Code(string text) => text.Length == 0 ? "" : $"`{text}`";

    private static string Changes(CollapseExpectation expected)
    {
        string content = expected.Content is string read ? $"reads {read}" : "";
        string table = expected.Table is string entries ? $"page table {entries}" : "";
        return string.Join("; ", new[] { content, table }.Where(part => part.Length > 0));
    }

    private static string Note(CollapseState state, List<string> notes)
    {
        if (state.Because is not string because)
            return "";
        if (!notes.Contains(because))
            notes.Add(because);
        return (notes.IndexOf(because) + 1).ToString(System.Globalization.CultureInfo.InvariantCulture);
    }

    private static string Errno(CollapseErrno error) => error switch
    {
        CollapseErrno.None => "0",
        CollapseErrno.TryAgain => "EAGAIN",
        CollapseErrno.NoMemory => "ENOMEM",
        CollapseErrno.Busy => "EBUSY",
        _ => "EINVAL",
    };
}
