using CopyMc.Contract.Agreement;

namespace CopyMc.Contract.Promises;

/// <summary>The running kernel, the recorded table and the model give the same result for MADV_COLLAPSE.</summary>
public sealed class CollapseAgreement
{
    public void The_kernel_does_what_is_recorded(CollapseState state)
    {
        ProbeReport report = Ask(state);
        Require.Equal(state.RangesBefore, report.RangesBefore);

        CollapseOutcome expected = CollapseOutcome.ExpectedOf(state);
        if (!report.Traced || !RealKernelRun.IsTheRecordedKernel)
            expected = expected with { Results = report.Outcome.Results };
        if (state.DiffersBetweenKernels && !RealKernelRun.IsTheRecordedKernel && expected != report.Outcome)
            Require.Unavailable($"recorded on {CollapseStates.RecordedOn}; {RealKernelRun.KernelRelease} says {report.Outcome}");
        Require.Equal(expected, report.Outcome);
        bool allHuge = expected.Error == CollapseErrno.None && !expected.Ranges.Contains("small");
        Require.Equal(state.Expected.Table ?? (allHuge ? $"{state.Mapping.Count} present" : report.TableBefore), report.TableAfter);
        if (state.IsRefusedBeforeAnything)
            Require.True(report.TableUnchanged, $"The page table, to the bit, was {report.TableBefore} and is {report.TableAfter}; that it is what it was");
    }

    public void The_model_does_what_the_kernel_here_does(CollapseState state)
    {
        ProbeReport real = Ask(state);
        if (real.Ranges.Contains("unknown"))
            Require.Unavailable("only root is told which pages are huge");
        ModelReport report = ModelRun.Run(state);
        CollapseOutcome outcome = real.Outcome;
        if (!real.Traced || !RealKernelRun.IsTheRecordedKernel)
            outcome = outcome with { Results = report.Outcome.Results };
        if (state.DiffersBetweenKernels && !RealKernelRun.IsTheRecordedKernel && outcome != report.Outcome)
            Require.Unavailable($"modelled after {CollapseStates.RecordedOn}; {RealKernelRun.KernelRelease} says {outcome}");
        Require.Equal((outcome, real.RangesBefore, real.TableAfter), (report.Outcome, report.RangesBefore, report.TableAfter));
    }

    private static ProbeReport Ask(CollapseState state)
    {
        ProbeReport report = RealKernelRun.Run(state, trace: RealKernelRun.IsTheRecordedKernel);
        if (report.Unsupported is { } reason)
            Require.Unavailable(reason);
        return report;
    }
}
