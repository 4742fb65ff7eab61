using CopyMc.Simulation;

namespace CopyMc.Contract.Agreement;

/// <summary>
/// Runs random situations on the running kernel and on the simulated machine. If the answers differ, operations are removed as long as they still
/// differ.
/// </summary>
public static class SituationFuzz
{
    private const int MostOperations = 14, Batch = 50;

    /// <summary>Runs situations.</summary>
    /// <param name="seed">The number of the first situation.</param>
    /// <param name="count">The number of situations.</param>
    /// <param name="usesSwap">Whether there is a swap area.</param>
    /// <param name="report">Receives each disagreement: the shortest situation found, with the answers of the kernel and of the model.</param>
    public static void Run(int seed, int count, bool usesSwap, Action<string> report)
    {
        for (int first = seed; first < seed + count; first += Batch)
        {
            Situation[] situations = [.. Enumerable.Range(first, int.Min(Batch, seed + count - first)).Select(number => Generate(number, usesSwap))];
            IReadOnlyList<IReadOnlyList<string>> answers = SituationKernel.Run(situations);
            for (int i = 0; i < situations.Length; i++)
            {
                if (!RunModel(situations[i]).SequenceEqual(answers[i]) && Shortened(situations[i]) is { } shortened)
                    report(shortened);
            }
        }
    }

    /// <summary>Describes the disagreement; null if there is none. One that cannot be repeated is ignored.</summary>
    public static string? Disagreement(Situation situation)
    {
        IReadOnlyList<string> model = RunModel(situation);
        for (int attempt = 0; attempt < 3; attempt++)
        {
            IReadOnlyList<string> kernel = SituationKernel.Run([situation])[0];
            if (model.SequenceEqual(kernel))
                return null;
            if (attempt == 2)
                return Describe(situation, kernel, model);
        }
        return null;
    }

    /// <summary>The shortest situation found in which the two still differ, with what both answer; null: they agree.</summary>
    public static string? Shortened(Situation situation) => Disagreement(situation) is null ? null : Describe(Shrink(situation));

    /// <summary>A random situation; the same one for the same number.</summary>
    public static Situation Generate(int number, bool usesSwap)
    {
        var generator = new SituationGenerator(new Random(number), usesSwap);
        return Situation.Parse([$"[random {number}]", .. generator.Operations(MostOperations)])[0];
    }

    private static Situation Shrink(Situation situation)
    {
        for (bool again = true; again;)
        {
            again = false;
            for (int i = situation.Operations.Length - 1; i >= 0; i--)
            {
                Situation shorter = situation with { Operations = situation.Operations.RemoveAt(i) };
                // Keeps these two, because without them the other operations would change their meaning.
                string text = situation.Operations[i].Text;
                if (text.EndsWith("fork", StringComparison.Ordinal) || text.StartsWith("memfd", StringComparison.Ordinal) || Disagreement(shorter) is null)
                    continue;
                situation = shorter;
                again = true;
            }
        }
        return situation;
    }

    private static IReadOnlyList<string> RunModel(Situation situation) =>
        SituationModel.Run(situation, KernelVersion.TryParse(SituationKernel.Release, out KernelVersion? kernel) ? kernel : KernelVersion.Linux618, SituationKernel.UsesZeroPage);

    private static string Describe(Situation situation) =>
        Disagreement(situation) ?? $"[{situation.Name}] agrees now";

    private static string Describe(Situation situation, IReadOnlyList<string> kernel, IReadOnlyList<string> model)
    {
        string text = $"[{situation.Name}]\n";
        for (int i = 0; i < situation.Operations.Length; i++)
        {
            string answer = i < kernel.Count ? kernel[i] : "(none)";
            text += $"{situation.Operations[i].Text} = {answer}{(model[i] == answer ? "" : $"      # model: {model[i]}")}\n";
        }
        return text;
    }
}
