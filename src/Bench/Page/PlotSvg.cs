using System.Globalization;
using System.Xml.Linq;
using ScottPlot;

namespace CopyMc.Bench.Page;

/// <summary>A plot as SVG for a page: without a fixed size or font, and with unique ids.</summary>
internal static class PlotSvg
{
    /// <summary>Widths of lines that the style sheet draws dashed or dotted, which the SVG library cannot.</summary>
    internal const float DashedWidth = 1.75f, DottedWidth = 1.25f;

    private static readonly XNamespace s_svg = "http://www.w3.org/2000/svg";

    internal static Plot NewPlot(PlotSize size, string xLabel, string yLabel)
    {
        var plot = new Plot();
        plot.FigureBackground.Color = Colors.Transparent;
        plot.DataBackground.Color = Colors.Transparent;
        plot.Axes.Color(PlotColors.Ink);
        plot.Grid.MajorLineColor = PlotColors.Grid;
        plot.Grid.MinorLineColor = Colors.Transparent;
        plot.XLabel(xLabel);
        plot.YLabel(yLabel);
        foreach (IAxis axis in plot.Axes.GetAxes())
        {
            axis.Label.Bold = false;
            axis.Label.FontSize = 13;
            axis.TickLabelStyle.FontSize = size == PlotSize.Narrow ? 11 : 13;
        }
        plot.Axes.Top.FrameLineStyle.Width = plot.Axes.Right.FrameLineStyle.Width = 0;
        plot.HideLegend();
        return plot;
    }

    /// <param name="plot">What to draw.</param>
    /// <param name="size">The size, in the units of the text.</param>
    /// <param name="id">An id that no other drawing of the page has.</param>
    /// <param name="description">A description for screen readers.</param>
    internal static string Render(Plot plot, PlotSize size, string id, string description)
    {
        XElement svg = XElement.Parse(plot.GetSvgXml(size.Width, size.Height));
        svg.SetAttributeValue("width", null);
        svg.SetAttributeValue("height", null);
        svg.SetAttributeValue("viewBox", string.Create(CultureInfo.InvariantCulture, $"0 0 {size.Width} {size.Height}"));
        svg.SetAttributeValue("role", "img");
        svg.SetAttributeValue("aria-label", description);
        svg.SetAttributeValue("class", size.Name);
        // The figure's own background, and frames of no width.
        svg.Descendants().Where(element => (string?)element.Attribute("fill-opacity") == "0" || (string?)element.Attribute("stroke-width") == "0").Remove();
        foreach (XElement element in svg.Descendants())
        {
            if ((string?)element.Attribute("id") is { } name)
                element.SetAttributeValue("id", $"{id}-{name}");
            if ((string?)element.Attribute("clip-path") is { } clip)
                element.SetAttributeValue("clip-path", clip.Replace("url(#", $"url(#{id}-", StringComparison.Ordinal));
        }
        foreach (XElement text in svg.Descendants(s_svg + "text").ToArray())
            Anchor(text);
        return svg.ToString(SaveOptions.DisableFormatting);
    }

    /// <summary>The SVG places each letter by this machine's font, and the reader's font may be wider. This places the text as a whole.</summary>
    private static void Anchor(XElement text)
    {
        double[] x = Numbers(text, "x"), y = Numbers(text, "y");
        double fontSize = Numbers(text, "font-size").FirstOrDefault(12);
        if (x.Length == 0)
            return;
        const double MeanAdvance = 0.6;
        double width = x[^1] - x[0] + MeanAdvance * fontSize;
        double before = -x[0] / width;
        text.SetAttributeValue("text-anchor", before < 0.25 ? null : before < 0.75 ? "middle" : "end");
        text.SetAttributeValue("x", null);
        text.SetAttributeValue("y", y.Length == 0 ? null : y[0].ToString(CultureInfo.InvariantCulture));
        text.SetAttributeValue("font-family", null);
        text.SetAttributeValue("font-weight", null);
        text.Value = text.Value.Trim();
    }

    private static double[] Numbers(XElement element, string attribute) =>
    [
        .. ((string?)element.Attribute(attribute) ?? "").Split([',', ' '], StringSplitOptions.RemoveEmptyEntries)
            .Select(number => double.Parse(number, CultureInfo.InvariantCulture)),
    ];
}
