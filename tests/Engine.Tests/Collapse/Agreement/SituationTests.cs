using System.Globalization;
using CopyMc.Contract.Agreement;

namespace CopyMc.Engine.Tests.Collapse.Agreement;

/// <summary>The simulated machine answers every system call and every access of the recorded situations as Linux 6.18 does.</summary>
public sealed class SituationTests
{
    /// <summary>The files of situations: what they are about.</summary>
    public static TheoryData<string> Files => [.. Situation.Files];

    [Theory]
    [MemberData(nameof(Files))]
    public void The_model_answers_what_is_recorded(string file)
    {
        var wrong = new List<string>();
        foreach (Situation situation in Situation.In(file))
        {
            IReadOnlyList<string> answers = SituationModel.Run(situation);
            for (int i = 0; i < answers.Count; i++)
            {
                if (answers[i] != situation.Operations[i].Answer)
                    wrong.Add($"[{situation.Name}] {situation.Operations[i].Text} = {situation.Operations[i].Answer}; the model: {answers[i]}");
            }
        }
        Assert.True(wrong.Count == 0, $"{wrong.Count} answers differ:\n{string.Join('\n', wrong.Take(20))}");
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
