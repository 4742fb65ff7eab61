using System.Collections.Immutable;

namespace CopyMc.Contract.Agreement;

/// <summary>One operation of a <see cref="Situation"/>.</summary>
/// <param name="Text">The operation, with the number of the process where it is not the first.</param>
/// <param name="Answer">What Linux 6.18 answers.</param>
/// <param name="Others">What other kernels answer, by the beginning of their release, where it differs.</param>
public sealed record SituationOperation(string Text, string Answer, ImmutableDictionary<string, string> Others)
{
    /// <summary>The answer where a file gives none.</summary>
    internal const string Success = "ok";

    /// <summary>The answer of a kernel.</summary>
    /// <param name="release">Its release, as in <c>6.12</c>.</param>
    public string AnswerOf(string release) => Others.GetValueOrDefault(release, Answer);

    internal static SituationOperation Parse(string line)
    {
        string[] parts = line.Split(" = ", 2);
        return new SituationOperation(parts[0].TrimEnd(), parts.Length == 2 ? parts[1].Trim() : Success, ImmutableDictionary<string, string>.Empty);
    }

    internal SituationOperation With(string release, string answer) => this with { Others = Others.Add(release, answer) };
}
