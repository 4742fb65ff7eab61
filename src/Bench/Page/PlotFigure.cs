using ScottPlot;

namespace CopyMc.Bench.Page;

/// <summary>A plot with its caption, drawn for a wide and for a narrow screen; the style sheet shows one of them.</summary>
internal static class PlotFigure
{
    internal static void Write(HtmlText html, string caption, Func<PlotSize, Plot> draw)
    {
        html.Raw("<figure>").Element("figcaption", caption);
        foreach (PlotSize size in PlotSize.All)
            html.Raw(PlotSvg.Render(draw(size), size, html.NewId("plot"), caption)).Raw("\n");
        html.Raw("</figure>\n");
    }
}
