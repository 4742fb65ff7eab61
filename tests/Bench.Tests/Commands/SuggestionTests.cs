using System.CommandLine;
using CopyMc.Bench.Commands;

namespace CopyMc.Bench.Tests.Commands;

public sealed class SuggestionTests
{
    private static readonly Command s_command = new("command") { new Option<string>("--json"), new Option<bool>("--secret") { Hidden = true }, new Command("quick") };

    [Theory]
    [InlineData("--jsn", "--json")]
    [InlineData("--josn", "--json")]
    [InlineData("quikc", "quick")]
    [InlineData("x", null)]
    [InlineData("something-else", null)]
    [InlineData("--secrt", null)]
    public void The_nearest_name_is_suggested_if_it_is_near(string unknown, string? expected) =>
        Assert.Equal(expected, Suggestion.For(unknown, s_command));
}
