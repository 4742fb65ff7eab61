using System.Collections;
using CopyMc.Bench.Machine;
using CopyMc.Bench.Report;

namespace CopyMc.Bench.Tests.Report;

/// <summary>In what the machines, systems and configurations of two sides differ.</summary>
public sealed class MachineDifferenceTests
{
    private static readonly MachineReport s_machine = MachineProbe.Run(CopyEngine.Shared) with { Configuration = new Dictionary<string, string>() };

    [Fact]
    public void A_machine_does_not_differ_from_itself() => Assert.Empty(MachineDifference.Between([s_machine, s_machine], [s_machine]));

    [Fact]
    public void Another_CPU_system_or_runtime_is_another_machine()
    {
        MachineReport other = s_machine with { CpuModel = "Another", OperatingSystem = "Another kernel", Runtime = ".NET 11", Processors = s_machine.Processors! with { OnlineCpus = "0-999" } };
        MachineDifference[] differences = [.. MachineDifference.Between([s_machine], [other]).Where(difference => difference.IsOfMachine)];
        Assert.Equal(["CPU", "processors", "system", ".NET"], differences.Select(difference => difference.What));
        Assert.Equal((s_machine.Runtime, ".NET 11"), (differences[^1].Before, differences[^1].After));
    }

    [Fact]
    public void Variables_of_the_engine_are_another_configuration_and_those_of_the_runtime_another_machine()
    {
        MachineReport other = s_machine with { Configuration = new Dictionary<string, string> { ["COPYMC_CPU"] = "Intel 6 207", ["DOTNET_TieredPGO"] = "0" } };
        Assert.Equal(
            [new("COPYMC_CPU", "not set", "Intel 6 207", IsOfMachine: false), new("DOTNET_TieredPGO", "not set", "0", IsOfMachine: true)],
            MachineDifference.Between([s_machine], [other]));
    }

    [Fact]
    public void Other_CPUs_of_the_machine_and_another_governor_are_another_configuration()
    {
        ProcessorReport processors = s_machine.Processors! with { AllowedCpus = "0", OnlineCpus = "0-9", Governors = ["powersave"] };
        MachineReport before = s_machine with { Processors = processors, LogicalProcessors = 1 };
        MachineReport after = s_machine with { Processors = processors with { AllowedCpus = "2-3", Governors = ["performance"] }, LogicalProcessors = 2 };
        Assert.Equal(
            [("governor", "powersave", "performance"), ("may use", "CPUs 0 of 0-9", "CPUs 2-3 of 0-9")],
            MachineDifference.Between([before], [after]).Select(one => (one.What, one.Before.Split(", memory")[0], one.After.Split(", memory")[0])));
        Assert.DoesNotContain(MachineDifference.Between([before], [after]), difference => difference.IsOfMachine);
    }

    [Fact]
    public void Another_way_of_long_copies_is_another_configuration()
    {
        MachineReport other = s_machine with { Tuning = s_machine.Tuning! with { StreamsFromBytes = 12345, Source = "profile /x" } };
        MachineDifference[] differences = [.. MachineDifference.Between([s_machine], [other])];
        Assert.Equal(["long copies", "streaming"], differences.Select(difference => difference.What));
        Assert.All(differences, difference => Assert.False(difference.IsOfMachine));
    }

    [Fact]
    public void What_a_result_does_not_record_differs_from_nothing()
    {
        MachineReport old = s_machine with { Configuration = null };
        MachineReport other = s_machine with { Configuration = new Dictionary<string, string> { ["COPYMC_KERNEL"] = "native-avx2" } };
        Assert.Empty(MachineDifference.Between([old], [other]));
    }

    [Fact]
    public void A_side_of_two_machines_differs_though_the_other_side_has_the_same_two()
    {
        MachineReport other = s_machine with { CpuModel = "Another" };
        MachineDifference difference = Assert.Single(MachineDifference.Between([s_machine, other], [s_machine, other]));
        Assert.Contains("; Another", difference.Before);
        Assert.Equal(difference.Before, difference.After);
    }

    [Fact]
    public void Only_variables_that_change_measurements_are_recorded() => Assert.Equal(
        new Dictionary<string, string> { ["COPYMC_KERNEL"] = "native-avx2", ["DOTNET_GCHeapCount"] = "2" },
        ConfigurationProbe.Run(new Hashtable { ["DOTNET_GCHeapCount"] = "2", ["DOTNET_ROOT"] = "/x", ["COPYMC_KERNEL"] = "native-avx2", ["COPYMC_CPU"] = "", ["HOME"] = "/" }));
}
