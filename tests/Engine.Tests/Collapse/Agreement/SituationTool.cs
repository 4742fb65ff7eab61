using System.Globalization;
using CopyMc.Contract.Agreement;

namespace CopyMc.Engine.Tests.Collapse.Agreement;

/// <summary>What can be done with situations by hand: docs/collapse-kernel.md.</summary>
internal static class SituationTool
{
    internal const string Argument = "situations";

    internal static int Run(string[] arguments)
    {
        switch (arguments)
        {
            case ["compare" or "record", "--answers", string release, string answers, .. string[] files] when Situation.Kernels.Contains(release):
                return CompareOrRecord(arguments[0], release, files, AnswersIn(answers), usesZeroPage: true);
            case ["compare" or "record", .. string[] files] when files is not ["--answers", ..]:
                return CompareOrRecord(arguments[0], SituationKernel.Release, files, SituationKernel.Run, SituationKernel.UsesZeroPage);
            case ["shorten", .. string[] files]:
                int different = 0;
                foreach (string text in files.SelectMany(file => Situation.Parse(File.ReadAllLines(file))).Select(SituationFuzz.Shortened).OfType<string>())
                {
                    different++;
                    Console.WriteLine(text);
                }
                return different == 0 ? 0 : 1;
            case ["fuzz", string seed, string count]:
                int found = 0;
                bool usesSwap = File.ReadAllLines("/proc/swaps").Length > 1;
                SituationFuzz.Run(int.Parse(seed, CultureInfo.InvariantCulture), int.Parse(count, CultureInfo.InvariantCulture), usesSwap, text =>
                {
                    found++;
                    Console.WriteLine(text);
                });
                Console.WriteLine($"{count} situations, {found} disagreements");
                return found == 0 ? 0 : 1;
            default:
                Console.Error.WriteLine($"situations compare|record [--answers {string.Join('|', Situation.Kernels)} OUTPUT] FILE... | shorten FILE... | fuzz SEED COUNT");
                return 2;
        }
    }

    private static Func<IReadOnlyList<Situation>, IReadOnlyList<IReadOnlyList<string>>> AnswersIn(string file)
    {
        using StreamReader output = File.OpenText(file);
        var answers = SituationKernel.ReadAnswers(output).ToLookup(read => read.Name, read => read.Answers);
        return situations => [.. situations.Select(situation => answers[situation.Name].LastOrDefault([]))];
    }

    private static int CompareOrRecord(string action, string release, string[] files, Func<IReadOnlyList<Situation>, IReadOnlyList<IReadOnlyList<string>>> ask, bool usesZeroPage)
    {
        if (action == "record" && !usesZeroPage)
        {
            Console.Error.WriteLine("This kernel has no zero page (mm_forbids_zeropage): its answers are not those of its release elsewhere.");
            return 2;
        }
        var counts = new Dictionary<SituationVerdict, int>();
        foreach (string file in files)
        {
            IReadOnlyList<Situation> situations = Situation.Parse(File.ReadAllLines(file));
            IReadOnlyList<IReadOnlyList<string>> answers = ask(situations);
            if (action == "record")
                File.WriteAllText(file, string.Join("\n", situations.Zip(answers, (situation, given) => Answered(situation, release, given))));
            for (int i = 0; i < situations.Count; i++)
            {
                SituationVerdict verdict = SituationComparison.Compare(situations[i], release, answers[i], usesZeroPage, out string text);
                counts[verdict] = counts.GetValueOrDefault(verdict) + 1;
                if (text.Length > 0)
                    Console.WriteLine($"{verdict}: {text}");
            }
        }
        int Count(SituationVerdict verdict) => counts.GetValueOrDefault(verdict);
        Console.WriteLine($"{release}: the model agrees in {Count(SituationVerdict.Agrees)} situations, disagrees in {Count(SituationVerdict.Differs)}, "
            + $"differs for a reason that is known in {Count(SituationVerdict.DiffersForAReason)}; {Count(SituationVerdict.CannotBeSetUp)} cannot be set up");
        return counts.ContainsKey(SituationVerdict.Differs) ? 1 : 0;
    }

    // What a kernel could not be brought into is not recorded of it.
    private static string Answered(Situation situation, string release, IReadOnlyList<string> answers) =>
        (situation.MissingIn(answers) is null ? situation.WithAnswers(release, answers) : situation).ToText();
}
