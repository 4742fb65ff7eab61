using System.Globalization;
using CopyMc.Contract.Agreement;

namespace CopyMc.Engine.Tests.Collapse.Agreement;

/// <summary>The simulated machine answers every system call and every access of the recorded situations as kernels do, each as the kernel that it models.</summary>
public sealed class SituationTests
{
    /// <summary>The files of situations, as each kernel answers them.</summary>
    public static TheoryData<string, string> KernelsAndFiles => [.. Situation.Kernels.SelectMany(kernel => Situation.Files.Select(file => (kernel, file)))];

    [Theory]
    [MemberData(nameof(KernelsAndFiles))]
    public void The_model_answers_what_is_recorded(string release, string file)
    {
        var wrong = new List<string>();
        foreach (Situation situation in Situation.In(file))
        {
            string[] recorded = [.. situation.Operations.Select(operation => operation.AnswerOf(release))];
            if (SituationComparison.Compare(situation, release, recorded, out string text) is not (SituationVerdict.Agrees or SituationVerdict.DiffersForAReason))
                wrong.Add(text);
        }
        Assert.True(wrong.Count == 0, $"{wrong.Count} situations differ:\n{string.Join('\n', wrong.Take(20))}");
    }

    [Fact]
    public void Names_are_unique_and_nothing_is_recorded_twice()
    {
        Assert.Distinct(Situation.All.Select(situation => situation.Name));
        Assert.NotEmpty(Situation.All);
    }

    /// <summary>COPYMC_SITUATIONS asks for more random ones, COPYMC_SITUATION_SEED for others.</summary>
    [Fact]
    public void Random_situations_are_answered_alike_by_the_kernel_that_runs_here()
    {
        if (!RealKernelRun.IsTheRecordedKernel || RealKernelRun.UnsupportedReason is not null || Environment.UserName != "root")
            Assert.Skip($"Needs Linux {CollapseStates.RecordedOn}x and root; here runs {RealKernelRun.KernelRelease}.");
        var found = new List<string>();
        SituationFuzz.Run(Number("COPYMC_SITUATION_SEED", 1), Number("COPYMC_SITUATIONS", 200), usesSwap: false, found.Add);
        Assert.True(found.Count == 0, string.Join('\n', found));
    }

    private static int Number(string variable, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.None, CultureInfo.InvariantCulture, out int value) ? value : otherwise;
}
