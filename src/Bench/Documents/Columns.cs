using System.Runtime.CompilerServices;
using CopyMc.Bench.Page;
using CopyMc.Bench.Statistics;

namespace CopyMc.Bench.Documents;

/// <summary>The columns of a table, from left to right, each with what it shows of a row.</summary>
internal sealed class Columns<T>
{
    private readonly List<(TableContent.Column Column, Func<T, TableContent.Cell> Cell)> _columns = [];

    /// <summary>Words, aligned left; for the first column, names that stay in one line.</summary>
    internal Columns<T> Words(string header, Func<T, Line> text, Func<T, Mark>? mark = null) => Add(header, TableContent.Kind.Words, text, mark);

    /// <summary>Text, aligned right.</summary>
    internal Columns<T> Text(string header, Func<T, Line> text, Func<T, Mark>? mark = null) => Add(header, TableContent.Kind.Figures, text, mark);

    /// <summary>A member of each row.</summary>
    /// <param name="header">The header.</param>
    /// <param name="value">The member; null leaves the cell empty.</param>
    /// <param name="format">How it is shown.</param>
    /// <param name="mark">How the column is set off.</param>
    /// <param name="member">Written by the compiler.</param>
    internal Columns<T> Figure(
        string header, Func<T, double?> value, Func<double, string> format, Mark mark = Mark.None, [CallerArgumentExpression(nameof(value))] string member = "") =>
        Add(header, TableContent.Kind.Figures, row => $"{new Figure(Documents.Figure.PathOf(member), value(row), format)}", _ => mark);

    /// <summary>A median, and next to it between which values the middle half of the rounds lies.</summary>
    /// <inheritdoc cref="Figure" path="/param"/>
    internal Columns<T> Quartiles(
        string header, Func<T, Quartiles?> value, Func<double, string> format, Mark mark = Mark.None, string to = "-",
        [CallerArgumentExpression(nameof(value))] string member = "") =>
        Figure(header, row => value(row)?.Median, format, mark, $"{member}.Median")
            .Text("half", row => value(row) is { } seen ? $"{format(seen.Lower)}{to}{format(seen.Upper)}" : "");

    /// <summary>Percentiles of a distribution of times.</summary>
    /// <param name="name">What stands before the first one in the header.</param>
    /// <param name="value">The distribution; null leaves the cells empty.</param>
    /// <param name="format">How nanoseconds are shown.</param>
    /// <param name="percentiles">Which: <c>p50</c>, <c>p99.9</c>, <c>max</c>.</param>
    /// <param name="member">Written by the compiler.</param>
    internal Columns<T> Percentiles(
        string name, Func<T, Latencies?> value, Func<double, string> format, string[] percentiles, [CallerArgumentExpression(nameof(value))] string member = "")
    {
        foreach (string percentile in percentiles)
        {
            string header = percentile == percentiles[0] ? $"{name} {percentile}".TrimStart() : percentile;
            Figure(header, row => value(row)?[percentile], format, member: $"{member}.{percentile.Replace(".", "", StringComparison.Ordinal)}");
        }
        return this;
    }

    /// <summary>Whether the checks of a row held.</summary>
    internal Columns<T> Check(Func<T, bool> held) =>
        Words("checks", row => held(row) ? "held" : "FAILED", row => held(row) ? Mark.None : Mark.Bad);

    /// <summary>A drawing, on the page only.</summary>
    internal Columns<T> Drawing(string header, Action<HtmlText, T> draw)
    {
        _columns.Add((new TableContent.Column(header, TableContent.Kind.Drawings), row => new TableContent.Cell("", Mark.None, html => draw(html, row))));
        return this;
    }

    internal TableContent Of(IEnumerable<(string Path, T Row)> rows) => new(
        [.. _columns.Select(column => column.Column)],
        [.. rows.Select(one => _columns.Select(column => column.Cell(one.Row)).Select(cell => cell with { Text = cell.Text.Under(one.Path) }).ToArray())]);

    private Columns<T> Add(string header, TableContent.Kind kind, Func<T, Line> text, Func<T, Mark>? mark)
    {
        _columns.Add((new TableContent.Column(header, kind), row => new TableContent.Cell(text(row), mark?.Invoke(row) ?? Mark.None, null)));
        return this;
    }
}
