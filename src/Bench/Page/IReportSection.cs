namespace CopyMc.Bench.Page;

/// <summary>One part of the page; a result names its own in <c>Sections</c>.</summary>
internal interface IReportSection
{
    string Title { get; }

    void Write(HtmlText html);
}
