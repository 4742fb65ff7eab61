using CopyMc.Contract.Agreement;

namespace CopyMc.Contract.Promises;

/// <summary>The running kernel gives the recorded answers of its release to the situations, and so agrees with the model of it.</summary>
public sealed class CollapseAgreement
{
    /// <summary>Some differences are temporary: a page that is queued for the LRU, no free huge page.</summary>
    private const int Attempts = 3;

    public void The_kernel_gives_the_recorded_answers(SituationFile file)
    {
        string release = SituationKernel.Release;
        if (!Situation.Kernels.Contains(release))
            Require.Unavailable($"recorded on Linux {string.Join(", ", Situation.Kernels)}; this is {release}");
        IReadOnlyList<Situation> situations = file.Situations;
        int compared = 0;
        string problems = "", missing = "";
        for (int attempt = 0; attempt < Attempts && situations.Count > 0; attempt++)
        {
            IReadOnlyList<IReadOnlyList<string>> answers = SituationKernel.Run(situations);
            var different = new List<Situation>();
            problems = "";
            for (int i = 0; i < situations.Count; i++)
            {
                if (situations[i].MissingIn(answers[i]) is { } reason)
                {
                    missing = reason;
                    continue;
                }
                compared++;
                if (Difference(situations[i], answers[i], release) is { } difference)
                {
                    different.Add(situations[i]);
                    problems += $"{difference}\n";
                }
            }
            situations = different;
        }
        if (problems.Length > 0)
            Require.Fail(problems);
        if (compared == 0)
            Require.Unavailable(missing);
    }

    /// <summary>The recorded kernels have a zero page. A kernel without one is compared with the model of such a kernel.</summary>
    private static string? Difference(Situation situation, IReadOnlyList<string> answers, string release)
    {
        if (SituationKernel.UsesZeroPage)
            return situation.DifferenceFrom(answers, release);
        return SituationComparison.Compare(situation, release, answers, usesZeroPage: false, out string text) == SituationVerdict.Differs ? text : null;
    }
}
