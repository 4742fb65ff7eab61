using CopyMc.Bench.Terminal;

namespace CopyMc.Bench.Tests.Terminal;

/// <summary>What others wrote does not steer the terminal.</summary>
public sealed class PlainTextTests
{
    [Theory]
    [InlineData("pages of 4 KiB, \u00fcberall", "pages of 4 KiB, \u00fcberall")]
    [InlineData("\u001b[31mred\a\n", @"\u001b[31mred\u0007\u000a")]
    [InlineData("\u009b2J\u202eabc", @"\u009b2J\u202eabc")]
    public void Control_characters_are_spelled_out(string text, string plain) => Assert.Equal(plain, PlainText.Of(text));

    [Fact]
    public void An_error_does_not_name_its_parameter() =>
        Assert.Equal("It is empty.", PlainText.Of(new ArgumentException("It is empty.", "path")));
}
