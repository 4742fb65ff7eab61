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
            case ["compare", .. string[] files]:
                return Compare(files);
            case ["record", string file]:
                Record(file);
                return 0;
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
                Console.Error.WriteLine("situations compare FILE... | record FILE | fuzz SEED COUNT");
                return 2;
        }
    }

    private static int Compare(string[] files)
    {
        int agree = 0, differ = 0;
        foreach (Situation situation in files.SelectMany(file => Situation.Parse(File.ReadAllLines(file))))
        {
            string? disagreement = SituationFuzz.Disagreement(situation);
            if (disagreement is null)
                agree++;
            else
                differ++;
            if (disagreement is not null)
                Console.WriteLine(disagreement);
        }
        Console.WriteLine($"{agree} agree, {differ} differ");
        return differ == 0 ? 0 : 1;
    }

    /// <summary>Writes the answers of the kernel that runs here into a file of situations.</summary>
    private static void Record(string file)
    {
        IReadOnlyList<Situation> situations = Situation.Parse(File.ReadAllLines(file));
        IReadOnlyList<IReadOnlyList<string>> answers = SituationKernel.Run(situations);
        File.WriteAllText(file, string.Join("\n", situations.Zip(answers, (situation, given) => situation.ToText(given))));
    }
}
