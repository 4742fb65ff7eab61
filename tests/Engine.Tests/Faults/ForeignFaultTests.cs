using CopyMc.Engine.Tests.Children;

namespace CopyMc.Engine.Tests.Faults;

/// <summary>A fault outside copies ends the process as without CopyMc: same exit code, same first line of stderr, same output.</summary>
public sealed class ForeignFaultTests
{
    private static readonly Dictionary<string, ChildResult> s_controls = [];

    /// <summary>Each fault with recovery from SIGBUS, and with recovery from SIGBUS and SIGSEGV.</summary>
    public static TheoryData<string, string> Faults
    {
        get
        {
            var faults = new TheoryData<string, string>();
            foreach (string name in ForeignFault.Names)
            {
                foreach (string setting in (ReadOnlySpan<string>)[ForeignFault.Recovering, ForeignFault.SegmentationFaultsToo])
                    faults.Add(new TheoryDataRow<string, string>(name, setting) { Skip = FaultRecovery.UnsupportedReason });
            }
            return faults;
        }
    }

    [Theory]
    [MemberData(nameof(Faults))]
    public void A_foreign_fault_ends_as_without_the_library(string fault, string setting)
    {
        ChildResult control = Control(fault);
        ChildResult with = ChildProcess.Run(nameof(ForeignFault), fault, setting);

        Assert.Equal(control.ExitCode, with.ExitCode);
        Assert.Equal(control.FirstLineOfError, with.FirstLineOfError);
        Assert.Equal(control.Output, with.Output);
    }

    /// <summary>Otherwise the test above could compare two processes without a fault.</summary>
    [Theory]
    [InlineData("a managed read of a truncated mapping", ChildResult.KilledBySigAbrt)]
    [InlineData("NativeMemory.Copy from a truncated mapping", ChildResult.KilledBySigBus)]
    [InlineData("SIGBUS sent to the thread twice", ChildResult.KilledBySigBus)]
    [InlineData("a null dereference", 0)]
    [InlineData("a stack overflow", ChildResult.KilledBySigAbrt)]
    public void A_foreign_fault_ends_as_documented_without_the_library(string fault, int exitCode) =>
        Assert.Equal(exitCode, Control(fault).ExitCode);

    private static ChildResult Control(string fault)
    {
        if (!s_controls.TryGetValue(fault, out ChildResult? control))
            s_controls.Add(fault, control = ChildProcess.Run(nameof(ForeignFault), fault, ForeignFault.Without));
        return control;
    }
}
