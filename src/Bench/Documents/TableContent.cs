using CopyMc.Bench.Page;

namespace CopyMc.Bench.Documents;

/// <summary>A table before it is drawn.</summary>
internal sealed record TableContent(IReadOnlyList<TableContent.Column> Columns, IReadOnlyList<TableContent.Cell[]> Rows)
{
    /// <summary>What stands in a column.</summary>
    internal enum Kind
    {
        /// <summary>Aligned right.</summary>
        Figures,

        /// <summary>Aligned left.</summary>
        Words,

        /// <summary>Only the page has it.</summary>
        Drawings,
    }

    /// <summary>A header and what stands under it.</summary>
    internal sealed record Column(string Header, Kind Kind);

    /// <summary>A cell; on the page it may have a drawing.</summary>
    internal readonly record struct Cell(Line Text, Mark Mark, Action<HtmlText>? Draw);
}
