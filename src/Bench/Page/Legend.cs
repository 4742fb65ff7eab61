using System.Globalization;

namespace CopyMc.Bench.Page;

/// <summary>The names and colours of the series. They are outside the drawing, so that they can wrap.</summary>
internal static class Legend
{
    internal static void Write(HtmlText html, IEnumerable<string> series, params IEnumerable<(string Name, string CssClass)> others)
    {
        html.Raw("<ul class=\"legend\">");
        foreach ((int i, string name) in series.Index())
            html.Raw(string.Create(CultureInfo.InvariantCulture, $"<li><i style=\"background:var(--series-{i % PlotColors.SeriesCount})\"></i>")).Text(name).Raw("</li>");
        foreach ((string name, string cssClass) in others)
            html.Raw($"<li><i class=\"{cssClass}\"></i>").Text(name).Raw("</li>");
        html.Raw("</ul>\n");
    }
}
