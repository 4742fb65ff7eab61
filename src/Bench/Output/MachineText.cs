using CopyMc.Bench.Machine;
using Spectre.Console;

namespace CopyMc.Bench.Output;

/// <summary>The machine, in words.</summary>
internal static class MachineText
{
    internal static void Write(IAnsiConsole console, MachineReport machine)
    {
        Grid grid = new Grid().AddColumn(new GridColumn().NoWrap().PadRight(2)).AddColumn();
        void Row(string name, string value) => grid.AddRow(new Text(name, new Style(decoration: Decoration.Bold)), new Text(value));

        Row("CPU", $"{machine.CpuModel}, {machine.LogicalProcessors} logical processors, {Units.Bytes(machine.MemoryBytes)} of memory");
        Row("caches", machine.Caches.Count == 0 ? "unknown" : string.Join(", ", machine.Caches.Select(cache => $"{cache.Name} {Units.Bytes(cache.SizeBytes)}")));
        Row("instruction sets", string.Join(", ", machine.InstructionSets));
        Row("system", $"{machine.OperatingSystem}; {machine.Runtime}");
        Row("huge pages", $"transparent: {machine.TransparentHugePages}; hugetlb pool: {machine.HugeTlbPagesFree} free");
        Row("native stub", machine.FaultRecoveryUnsupportedReason ?? "loaded: copies recover from faults");
        Row("kernel", $"{machine.ChosenKernel}: {machine.ChosenKernelReason}");
        Row("kernels here", string.Join(", ", machine.Kernels.Where(kernel => kernel.UnsupportedReason is null).Select(kernel => kernel.Name)));
        Row("not here", string.Join(", ", machine.Kernels.Where(kernel => kernel.UnsupportedReason is not null).Select(kernel => kernel.Name)));
        foreach (PoisonSourceReport source in machine.PoisonSources)
            Row($"poison: {source.Source}", source.UnsupportedReason is null ? "yes" : $"no: {source.UnsupportedReason}");
        console.Write(grid);
    }
}
