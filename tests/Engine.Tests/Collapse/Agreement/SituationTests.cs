using System.Globalization;
using CopyMc.Contract.Agreement;

namespace CopyMc.Engine.Tests.Collapse.Agreement;

/// <summary>The simulated machine answers every system call and every access of the recorded situations as kernels do, each as the kernel that it models.</summary>
public sealed class SituationTests
{
    /// <summary>The files of situations, as each kernel answers them.</summary>
    public static TheoryData<string, SituationFile> KernelsAndFiles => [.. Situation.Kernels.SelectMany(kernel => SituationFile.All.Select(file => (kernel, file)))];

    [Theory]
    [MemberData(nameof(KernelsAndFiles))]
    public void The_model_answers_what_is_recorded(string release, SituationFile file)
    {
        string[] wrong = [.. file.Situations.AsParallel().AsOrdered().Select(situation => Wrong(situation, release)).OfType<string>()];
        Assert.True(wrong.Length == 0, $"{wrong.Length} situations differ:\n{string.Join('\n', wrong.Take(20))}");
    }

    [Fact]
    public void Names_are_unique_and_nothing_is_recorded_twice()
    {
        string[] names = [.. SituationFile.All.SelectMany(file => file.Situations).Select(situation => situation.Name)];
        Assert.Distinct(names);
        Assert.NotEmpty(names);
    }

    /// <summary>COPYMC_SITUATIONS asks for more random ones, COPYMC_SITUATION_SEED for others.</summary>
    [Fact]
    public void Random_situations_are_answered_alike_by_the_kernel_that_runs_here()
    {
        if (!Situation.Kernels.Contains(SituationKernel.Release) || SituationKernel.UnsupportedReason is not null || Environment.UserName != "root")
            Assert.Skip($"Needs root and Linux {string.Join(", ", Situation.Kernels)}; here runs {SituationKernel.Release}.");
        var found = new List<string>();
        SituationFuzz.Run(Number("COPYMC_SITUATION_SEED", 1), Number("COPYMC_SITUATIONS", 200), usesSwap: false, found.Add);
        Assert.True(found.Count == 0, string.Join('\n', found));
    }

    private static string? Wrong(Situation situation, string release)
    {
        string[] recorded = [.. situation.Operations.Select(operation => operation.AnswerOf(release))];
        SituationVerdict verdict = SituationComparison.Compare(situation, release, recorded, usesZeroPage: true, out string text);
        return verdict is SituationVerdict.Agrees or SituationVerdict.DiffersForAReason ? null : text;
    }

    private static int Number(string variable, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.None, CultureInfo.InvariantCulture, out int value) ? value : otherwise;
}
