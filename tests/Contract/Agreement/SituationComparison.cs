using CopyMc.Simulation;

namespace CopyMc.Contract.Agreement;

/// <summary>Compares a kernel's answers to a situation with those of the model of that kernel.</summary>
public static class SituationComparison
{
    /// <summary>Compares the answers.</summary>
    /// <param name="situation">The situation.</param>
    /// <param name="release">The kernel's release, such as <c>6.12</c>.</param>
    /// <param name="answers">The answers of that kernel.</param>
    /// <param name="usesZeroPage">Whether that kernel has a zero page.</param>
    /// <param name="text">The difference, or what is missing; empty if they agree.</param>
    public static SituationVerdict Compare(Situation situation, string release, IReadOnlyList<string> answers, bool usesZeroPage, out string text)
    {
        text = "";
        if (situation.MissingIn(answers) is { } missing)
        {
            text = missing;
            return SituationVerdict.CannotBeSetUp;
        }
        if (!KernelVersion.TryParse(release, out KernelVersion? kernel))
            throw new ArgumentException($"Linux {release} is not modelled, only {string.Join(", ", KernelVersion.All)}.", nameof(release));
        IReadOnlyList<string> model = SituationModel.Run(situation, kernel, usesZeroPage);
        for (int i = 0; i < model.Count; i++)
        {
            SituationOperation operation = situation.Operations[i];
            bool isSame = SituationOperation.IsSame(model[i], answers[i]);
            if (operation.NotModelled.TryGetValue(release, out string? reason))
            {
                text = $"[{situation.Name}] {operation.Text} = {answers[i]}; the model: {model[i]}; {(isSame ? "it is marked as not modelled, but agrees" : reason)}";
                return isSame ? SituationVerdict.Differs : SituationVerdict.DiffersForAReason;
            }
            if (isSame)
                continue;
            text = $"[{situation.Name}] {operation.Text} = {answers[i]}; the model: {model[i]}";
            return SituationVerdict.Differs;
        }
        return SituationVerdict.Agrees;
    }
}
