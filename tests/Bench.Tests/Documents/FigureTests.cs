using CopyMc.Bench.Documents;

namespace CopyMc.Bench.Tests.Documents;

public sealed class FigureTests
{
    [Theory]
    [InlineData("Rounds", "rounds")]
    [InlineData("report.Scan.Ranges", "scan.ranges")]
    [InlineData("row => row.Ratio.Median", "ratio.median")]
    [InlineData("row => row.During.WaitNanoseconds?.P50", "during.waitNanoseconds.p50")]
    [InlineData("row => row.Seen!.Value.Median", "seen.median")]
    public void The_path_in_the_json_is_that_of_the_members(string expression, string path) => Assert.Equal(path, Figure.PathOf(expression));

    [Fact]
    public void A_variable_alone_has_no_path() => Assert.Throws<ArgumentException>(() => Figure.PathOf("rows"));
}
