using CopyMc.Bench.Machine;
using CopyMc.Bench.Terminal;

namespace CopyMc.Bench.Report;

/// <summary>Something in which the machines, systems or configurations of results differ.</summary>
/// <param name="What">What it is.</param>
/// <param name="Before">Its values in the earlier results.</param>
/// <param name="After">Its values in the results that are judged.</param>
/// <param name="IsOfMachine">Whether it changes the controls, so that they no longer show what else changed.</param>
internal sealed record MachineDifference(string What, string Before, string After, bool IsOfMachine)
{
    private const string Unset = "not set", NotRecorded = "not recorded";

    /// <summary>The differences between any two of the results; a value that a result does not record differs from nothing.</summary>
    /// <param name="before">The machines of the earlier results.</param>
    /// <param name="after">Those of the results that are judged.</param>
    internal static IEnumerable<MachineDifference> Between(IReadOnlyList<MachineReport> before, IReadOnlyList<MachineReport> after)
    {
        MachineReport[] all = [.. before, .. after];
        foreach ((string what, bool isOfMachine, Func<MachineReport, string?> value) in Aspects(all))
        {
            if (all.Select(value).OfType<string>().Distinct().Count() > 1)
                yield return new MachineDifference(what, Values(before, value), Values(after, value), isOfMachine);
        }
    }

    private static IEnumerable<(string What, bool IsOfMachine, Func<MachineReport, string?> Value)> Aspects(IEnumerable<MachineReport> machines) =>
    [
        ("CPU", true, machine => $"{machine.CpuModel}, {machine.Architecture}"),
        ("processors", true, machine => Units.Count(Processors(machine), "logical processor")),
        ("instruction sets", true, machine => string.Join(", ", machine.InstructionSets)),
        ("caches", true, machine => string.Join(", ", machine.Caches.Select(cache => $"{cache.Name} {Units.Bytes(cache.SizeBytes)}"))),
        ("system", true, machine => machine.OperatingSystem),
        (".NET", true, machine => machine.Runtime),
        ("transparent huge pages", true, machine => machine.TransparentHugePages),
        ("chosen kernel", false, machine => machine.ChosenKernel),
        .. FromFacts(machines, machine => ProcessorDescription.Facts(machine.Processors)),
        .. FromFacts(machines, machine => MachineDescription.LongCopies(machine.Tuning)),
        .. machines.SelectMany(machine => machine.Configuration?.Keys ?? []).Distinct().Order(StringComparer.Ordinal)
            .Select(name => (name, IsOfRuntime(name), (Func<MachineReport, string?>)(machine => Variable(machine, name)))),
    ];

    /// <summary>The runtime's variables change how the controls are compiled; the engine's change the engine alone.</summary>
    private static bool IsOfRuntime(string variable) => variable.StartsWith("DOTNET_", StringComparison.Ordinal);

    /// <summary>What a description of the machine names, none of which changes the controls alone.</summary>
    private static IEnumerable<(string What, bool IsOfMachine, Func<MachineReport, string?> Value)> FromFacts(
        IEnumerable<MachineReport> machines, Func<MachineReport, (string Name, string Value)[]> facts) =>
        from name in machines.SelectMany(facts).Select(fact => fact.Name).Distinct()
        select (name, false, (Func<MachineReport, string?>)(machine => facts(machine).FirstOrDefault(fact => fact.Name == name).Value));

    /// <summary>Those of the machine: the runtime counts those that the process may use.</summary>
    private static int Processors(MachineReport machine) =>
        machine.Processors is { } processors && CpuList.TryParse(processors.OnlineCpus, out int[] online) && online.Length > 0 ? online.Length : machine.LogicalProcessors;

    private static string? Variable(MachineReport machine, string name) =>
        machine.Configuration is { } variables ? variables.GetValueOrDefault(name, Unset) : null;

    private static string Values(IEnumerable<MachineReport> machines, Func<MachineReport, string?> value) =>
        string.Join("; ", machines.Select(machine => value(machine) ?? NotRecorded).Distinct());
}
