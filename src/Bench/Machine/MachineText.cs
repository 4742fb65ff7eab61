using CopyMc.Bench.Terminal;
using Spectre.Console;

namespace CopyMc.Bench.Machine;

/// <summary>The machine, in words.</summary>
internal static class MachineText
{
    internal static void Write(IAnsiConsole console, MachineReport machine)
    {
        Grid grid = System(machine);
        void Row(string name, string value) => AddRow(grid, name, value);
        Row("recovering kernels", Names(machine.Kernels.Where(kernel => kernel.UnsupportedReason is null && kernel.RecoversFromFaults)));
        Row("managed kernels", Names(machine.Kernels.Where(kernel => kernel.UnsupportedReason is null && !kernel.RecoversFromFaults)));
        foreach (IGrouping<string?, KernelReport> group in machine.Kernels
            .Where(kernel => kernel.UnsupportedReason is not null).GroupBy(kernel => kernel.UnsupportedReason))
        {
            Row("kernels not here", $"{Names(group)}: {group.Key!.TrimEnd('.')}");
        }
        foreach (PoisonSourceReport source in machine.PoisonSources)
            Row($"{source.Source} poison", source.UnsupportedReason is null ? "yes" : $"no: {source.UnsupportedReason}");
        console.Write(grid);
    }

    /// <summary>Without what belongs to single kernels and sources.</summary>
    internal static void WriteSystem(IAnsiConsole console, MachineReport machine) => console.Write(System(machine));

    private static Grid System(MachineReport machine)
    {
        Grid grid = new Grid().AddColumn(new GridColumn().NoWrap().PadRight(2)).AddColumn(new GridColumn().PadRight(0));
        void Row(string name, string value) => AddRow(grid, name, value);
        Row("CPU", $"{machine.CpuModel}, {machine.Architecture}, {Units.Count(machine.LogicalProcessors, "logical processor")}");
        Row("caches", machine.Caches.Count == 0
            ? "unknown"
            : string.Join(", ", machine.Caches.Select(cache => $"{cache.Name} {Units.Bytes(cache.SizeBytes)}")));
        Row("instruction sets", string.Join(", ", machine.InstructionSets));
        Row("memory", $"{Units.Bytes(machine.MemoryBytes)}, {Units.Bytes(machine.MemoryAvailableBytes)} available");
        Row("huge pages", $"transparent: {machine.TransparentHugePages}; "
            + $"hugetlb pool: {machine.HugeTlbPages} of 2 MiB, {machine.HugeTlbPagesFree} free");
        Row("system", $"{machine.OperatingSystem}; {machine.Runtime}");
        Row("native stub", machine.FaultRecoveryUnsupportedReason is { } reason ? $"no: {reason}" : "yes: copies recover from faults");
        Row("chosen kernel", $"{machine.ChosenKernel}: {machine.ChosenKernelReason}");
        return grid;
    }

    private static void AddRow(Grid grid, string name, string value) =>
        grid.AddRow(new Text(name, new Style(decoration: Decoration.Bold)), new Text(value));

    private static string Names(IEnumerable<KernelReport> kernels) =>
        kernels.Any() ? string.Join(", ", kernels.Select(kernel => kernel.Name)) : "none";
}
