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

    internal override void Space() => console.WriteLine();

    internal override void Heading(string title) => console.WriteLine($"{title}:");

    internal override void Facts(IEnumerable<(string Name, string Value)> facts)
    {
        Grid grid = new Grid().AddColumn(new GridColumn().NoWrap().PadRight(2)).AddColumn(new GridColumn().PadRight(0));
        foreach ((string name, string value) in facts)
            grid.AddRow(new Text(name, s_bold), new Text(PlainText.Of(value)));
        console.Write(grid);
    }

    protected override void Write(Line text) => console.WriteLine(PlainText.Of(text.ToString()));

    protected override void Write(TableContent table)
    {
        int[] shown = [.. table.Columns.Index().Where(column => column.Item.Kind != TableContent.Kind.Drawings).Select(column => column.Index)];
        var drawn = new Table { Border = TableBorder.Simple };
        foreach (int i in shown)
        {
            TableColumn column = new TableColumn(table.Columns[i].Header).Padding(0, 0, 1, 0);
            column.NoWrap = i == 0 || table.Columns[i].Kind == TableContent.Kind.Figures;
            drawn.AddColumn(table.Columns[i].Kind == TableContent.Kind.Figures ? column.RightAligned() : column);
        }
        foreach (TableContent.Cell[] row in table.Rows)
            drawn.AddRow(shown.Select(i => new Text(PlainText.Of(row[i].Text.ToString()), StyleOf(row[i].Mark))));
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
