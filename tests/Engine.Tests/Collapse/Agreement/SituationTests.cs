using System.Globalization;
using CopyMc.Contract.Agreement;

namespace CopyMc.Engine.Tests.Collapse.Agreement;

/// <summary>The simulated machine gives the recorded answers of each kernel to every system call and access of the situations.</summary>
public sealed class SituationTests
{
    /// <summary>The files of situations, for each kernel.</summary>
    public static TheoryData<string, SituationFile> KernelsAndFiles => [.. Situation.Kernels.SelectMany(kernel => SituationFile.All.Select(file => (kernel, file)))];

    [Theory]
    [MemberData(nameof(KernelsAndFiles))]
    public void The_model_gives_the_recorded_answers(string release, SituationFile file)
    {
        string[] wrong = [.. file.Situations.AsParallel().AsOrdered().Select(situation => Wrong(situation, release)).OfType<string>()];
        Assert.True(wrong.Length == 0, $"{wrong.Length} situations differ:\n{string.Join('\n', wrong.Take(20))}");
    }

    [Fact]
    public void Names_and_situations_are_unique()
    {
        string[] names = [.. SituationFile.All.SelectMany(file => file.Situations).Select(situation => situation.Name)];
        Assert.Distinct(names);
        Assert.NotEmpty(names);
    }

    /// <summary>COPYMC_SITUATIONS sets their number, COPYMC_SITUATION_SEED the number of the first.</summary>
    [Fact]
    public void The_running_kernel_and_the_model_agree_in_random_situations()
    {
        if (!Situation.Kernels.Contains(SituationKernel.Release) || SituationKernel.UnsupportedReason is not null || Environment.UserName != "root")
            Assert.Skip($"Needs root and Linux {string.Join(", ", Situation.Kernels)}; this is {SituationKernel.Release}.");
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
