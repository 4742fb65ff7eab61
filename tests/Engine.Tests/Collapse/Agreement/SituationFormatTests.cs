using CopyMc.Contract.Agreement;

namespace CopyMc.Engine.Tests.Collapse.Agreement;

/// <summary>The format of files of situations, and the comparison of answers.</summary>
public sealed class SituationFormatTests
{
    private const string Text = """
        [a page beyond a guard]
        # Guards came with 6.13.
        mmap 0+512
        write 0+512 = 512 ok
        madvise 255+1 guard_install
            6.1 6.12: EINVAL
        read 255+1 = 1 SIGSEGV
            6.1 6.12: 1 2
        collapse 0+512 = EINVAL, failed
            6.1 6.12: ok, succeeded

        """;

    [Fact]
    public void A_file_is_written_as_it_was_read() => Assert.Equal(Text, Read(Text).ToText());

    [Fact]
    public void Answers_of_another_kernel_are_recorded_where_they_differ()
    {
        string bare = string.Join('\n', Text.Split('\n').Where(line => !line.StartsWith(' ')));
        string[] before = ["ok", "512 ok", "EINVAL", "1 2", "ok, succeeded"];
        Assert.Equal(Text, Read(bare).WithAnswers("6.12", before).WithAnswers("6.1", before).ToText());
        Assert.Equal(bare, Read(Text).WithAnswers("6.12", Answers("6.18")).WithAnswers("6.1", Answers("6.18")).ToText());
    }

    [Fact]
    public void An_unknown_answer_does_not_replace_a_recorded_one()
    {
        string[] answers = Answers("6.12");
        answers[^1] = "ok, unknown";
        Assert.Equal(Text, Read(Text).WithAnswers("6.12", answers).ToText());
        Assert.Equal(Text + "    7.3: ok, unknown\n", Read(Text).WithAnswers("7.3", [.. Answers("6.18")[..^1], "ok, unknown"]).ToText());
    }

    [Fact]
    public void An_unknown_release_is_refused()
    {
        FormatException error = Assert.Throws<FormatException>(() => Read(Text.Replace("6.1 6.12", "6.1 6.13")));
        Assert.Contains("'6.13' is not one of the compared kernels (6.1, 6.12, 6.18, 7.0, 7.3)", error.Message);
    }

    [Theory]
    [InlineData("6.12")]
    [InlineData("6.18")]
    public void The_model_of_the_same_release_is_compared(string release)
    {
        Assert.Equal(SituationVerdict.Agrees, Compare(Text, release, Answers(release), out _));
        string other = release == "6.12" ? "6.18" : "6.12";
        Assert.Equal(SituationVerdict.Differs, Compare(Text, release, Answers(other), out string text));
        Assert.StartsWith("[a page beyond a guard] madvise 255+1 guard_install = ", text);
    }

    [Fact]
    public void An_operation_marked_as_not_modelled_must_differ()
    {
        string marked = Text.Replace("collapse 0+512 = EINVAL, failed", "collapse 0+512 = EINVAL, failed\n    6.18 not modelled: it is a test");
        string[] answers = Answers("6.18");
        Assert.Equal(SituationVerdict.Differs, Compare(marked, "6.18", answers, out string text));
        Assert.EndsWith("it is marked as not modelled, but agrees", text);
        answers[^1] = "EAGAIN";
        Assert.Equal(SituationVerdict.DiffersForAReason, Compare(marked, "6.18", answers, out text));
        Assert.EndsWith("it is a test", text);
    }

    [Theory]
    [InlineData("unsupported: a swap area")]
    [InlineData("process died")]
    [InlineData("situation killed by signal 14")]
    [InlineData(null)]
    public void A_situation_that_the_machine_does_not_support_is_not_a_difference(string? answer)
    {
        string[] answers = answer is null ? Answers("6.18")[..2] : [.. Answers("6.18")[..2], answer, "EINVAL", "EINVAL"];
        Assert.Equal(SituationVerdict.CannotBeSetUp, Compare(Text, "6.18", answers, out string text));
        Assert.Equal($"[a page beyond a guard]: {answer ?? "2 answers"}", text);
    }

    [Theory]
    [InlineData("huge, small", "huge, unknown", true)]
    [InlineData("ok, succeeded, succeeded", "ok, unknown", true)]
    [InlineData("ok", "ok, succeeded", false)]
    [InlineData("ok, succeeded", "EINVAL, unknown", false)]
    [InlineData("512 present", "511 present, 1 none", false)]
    public void Only_observed_answers_are_compared(string answer, string other, bool same)
    {
        Assert.Equal(same, SituationOperation.IsSame(answer, other));
        Assert.Equal(same, SituationOperation.IsSame(other, answer));
    }

    private static Situation Read(string text) => Situation.Parse(text.Split('\n')).Single();

    private static string[] Answers(string release) => [.. Read(Text).Operations.Select(operation => operation.AnswerOf(release))];

    private static SituationVerdict Compare(string text, string release, string[] answers, out string difference) =>
        SituationComparison.Compare(Read(text), release, answers, usesZeroPage: true, out difference);
}
