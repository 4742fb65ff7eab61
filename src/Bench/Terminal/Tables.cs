using Spectre.Console;

namespace CopyMc.Bench.Terminal;

/// <summary>The style of all tables: figures aligned right, a line under the header, and narrow columns.</summary>
internal static class Tables
{
    /// <summary>A table with names on the left and columns of figures.</summary>
    internal static Table New(string names, params IEnumerable<string> figures)
    {
        var table = new Table { Border = TableBorder.Simple };
        table.AddColumn(new TableColumn(names).NoWrap().Padding(0, 0, 1, 0));
        foreach (string figure in figures)
            table.AddFigures(figure);
        return table;
    }

    internal static Table AddFigures(this Table table, string header) =>
        table.AddColumn(new TableColumn(header).RightAligned().NoWrap().Padding(0, 0, 1, 0));

    internal static Table AddWords(this Table table, string header) => table.AddColumn(new TableColumn(header).Padding(0, 0, 1, 0));
}
