using System.Collections.Immutable;

namespace CopyMc.Contract.Agreement;

/// <summary>One operation of a <see cref="Situation"/>.</summary>
/// <param name="Text">The operation, with the number of the process unless it is the first.</param>
/// <param name="Answer">The answer of Linux 6.18.</param>
/// <param name="Others">Other answers, by the release of the kernel.</param>
/// <param name="NotModelled">Reasons why the model is known to answer differently, by the release of the kernel.</param>
public sealed record SituationOperation(string Text, string Answer, ImmutableSortedDictionary<string, string> Others, ImmutableSortedDictionary<string, string> NotModelled)
{
    /// <summary>The answer if a file has none.</summary>
    internal const string Success = "ok";

    /// <summary>An answer, or a part of one, that could not be observed: it agrees with everything, and at the end with all that follows.</summary>
    internal const string Unknown = "unknown";

    private const string Reason = " not modelled";

    private static readonly ImmutableSortedDictionary<string, string> s_none = ImmutableSortedDictionary.Create<string, string>(Comparer<string>.Create(
        static (left, right) => Version.Parse(left).CompareTo(Version.Parse(right))));

    /// <summary>The answer of a kernel.</summary>
    /// <param name="release">Its release, such as <c>6.12</c>.</param>
    public string AnswerOf(string release) => Others.GetValueOrDefault(release, Answer);

    /// <summary>Whether two answers are the same, as far as they were observed.</summary>
    public static bool IsSame(string answer, string other)
    {
        string[] parts = answer.Split(", "), others = other.Split(", ");
        var compared = parts.Zip(others).ToList();
        return compared.All(pair => pair.First == pair.Second || pair.First == Unknown || pair.Second == Unknown)
            && (parts.Length == others.Length || compared[^1].First == Unknown || compared[^1].Second == Unknown);
    }

    internal static SituationOperation Parse(string line)
    {
        string[] parts = line.Split(" = ", 2);
        return new SituationOperation(parts[0].TrimEnd(), parts.Length == 2 ? parts[1].Trim() : Success, s_none, s_none);
    }

    /// <summary>Returns the operation with an indented line added: <c>6.1 6.12: ANSWER</c>, or <c>6.1 6.12 not modelled: REASON</c>.</summary>
    internal SituationOperation With(string line)
    {
        string[] parts = line.Trim().Split(": ", 2);
        bool isReason = parts[0].EndsWith(Reason, StringComparison.Ordinal);
        SituationOperation changed = this;
        foreach (string release in (isReason ? parts[0][..^Reason.Length] : parts[0]).Split(' '))
        {
            if (!Situation.Kernels.Contains(release))
                throw new FormatException($"'{release}' is not one of the compared kernels ({string.Join(", ", Situation.Kernels)}): {line.Trim()}");
            changed = isReason ? changed with { NotModelled = changed.NotModelled.Add(release, parts[1]) } : changed with { Others = changed.Others.Add(release, parts[1]) };
        }
        return changed;
    }

    /// <summary>Returns the operation with the answer of a kernel. An unknown part does not replace a known one.</summary>
    internal SituationOperation WithAnswer(string release, string answer) =>
        release == Situation.RecordedOn ? this with { Answer = answer }
        : answer == Answer ? this with { Others = Others.Remove(release) }
        : Others.TryGetValue(release, out string? known) && IsSame(answer, known) ? this
        : this with { Others = Others.SetItem(release, answer) };

    /// <summary>The text in a file.</summary>
    internal string ToText() =>
        (Answer == Success ? $"{Text}\n" : $"{Text} = {Answer}\n")
        + string.Concat(Others.GroupBy(other => other.Value).Select(group => $"    {Releases(group)}: {group.Key}\n"))
        + string.Concat(NotModelled.GroupBy(other => other.Value).Select(group => $"    {Releases(group)}{Reason}: {group.Key}\n"));

    private static string Releases(IEnumerable<KeyValuePair<string, string>> answers) => string.Join(' ', answers.Select(answer => answer.Key));
}
