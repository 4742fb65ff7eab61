namespace CopyMc.Bench.Page;

/// <summary>One part of the page. A new kind of result gets its own, and a line in <see cref="ReportSections"/>.</summary>
internal interface IReportSection
{
    string Title { get; }

    void Write(HtmlText html);
}
