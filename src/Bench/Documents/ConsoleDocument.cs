using CopyMc.Bench.Terminal;
using Spectre.Console;

namespace CopyMc.Bench.Documents;

/// <summary>A document on the console.</summary>
internal sealed class ConsoleDocument(IAnsiConsole console) : Document
{
    private static readonly Style s_bold = new(decoration: Decoration.Bold);

    internal override bool IsPage => false;

    internal override void Section(string title)
    {
        console.WriteLine();
        console.Write(new Text(title, s_bold));
        console.WriteLine();
        console.WriteLine();
    }

    internal override void Heading(string title) => console.WriteLine($"{title}:");

    internal override void Facts(IEnumerable<(string Name, string Value)> facts)
    {
        Grid grid = new Grid().AddColumn(new GridColumn().NoWrap().PadRight(2)).AddColumn(new GridColumn().PadRight(0));
        foreach ((string name, string value) in facts)
            grid.AddRow(new Text(name, s_bold), new Text(value));
        console.Write(grid);
    }

    protected override void Write(Line text) => console.WriteLine(text.ToString());

    protected override void Write(TableContent table)
    {
        int[] shown = [.. table.Columns.Index().Where(column => column.Item.Kind != TableContent.Kind.Drawings).Select(column => column.Index)];
        Table drawn = Tables.New(table.Columns[0].Header);
        foreach (TableContent.Column column in shown[1..].Select(i => table.Columns[i]))
            _ = column.Kind == TableContent.Kind.Words ? drawn.AddWords(column.Header) : drawn.AddFigures(column.Header);
        foreach (TableContent.Cell[] row in table.Rows)
            drawn.AddRow(shown.Select(i => new Text(row[i].Text.ToString(), StyleOf(row[i].Mark))));
        console.Write(drawn);
    }

    private static Style StyleOf(Mark mark) => mark switch
    {
        Mark.Strong => s_bold,
        Mark.Good => new Style(Color.Green),
        Mark.Bad => new Style(Color.Red),
        _ => Style.Plain,
    };
}
