using CopyMc.Bench.Terminal;

namespace CopyMc.Bench.Tests.Terminal;

public sealed class TrimmedLinesTests
{
    [Theory]
    [InlineData("a  b\n", "a  b\n")]
    [InlineData("  a   \n   \nb \n", "  a\n\nb\n")]
    [InlineData("a \r\nb", "a\r\nb")]
    public void Spaces_go_from_line_ends_and_from_nowhere_else(string written, string expected)
    {
        var text = new StringWriter();
        using var trimmed = new TrimmedLines(text);
        trimmed.Write(written);
        Assert.Equal(expected, text.ToString());
    }
}
