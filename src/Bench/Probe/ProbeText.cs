using CopyMc.Bench.Machine;
using CopyMc.Bench.Terminal;
using Spectre.Console;

namespace CopyMc.Bench.Probe;

/// <summary>The machine in words, and then each kernel, fault source and feature with what is missing for it.</summary>
internal static class ProbeText
{
    internal static void Write(IAnsiConsole console, MachineReport machine)
    {
        MachineText.WriteSystem(console, machine);

        console.WriteLine();
        Table kernels = Tables.New("kernel").AddWords("needs").AddWords("recovers").AddWords("streaming").AddWords("here");
        foreach (KernelReport kernel in machine.Kernels)
            kernels.AddRow(kernel.Name, kernel.Isa, YesNo(kernel.RecoversFromFaults), YesNo(kernel.IsStreaming), Here(kernel.UnsupportedReason));
        console.Write(kernels);

        Table sources = Tables.New("source of faults").AddWords("here");
        foreach (PoisonSourceReport source in machine.PoisonSources)
            sources.AddRow(source.Source.ToString(), Here(source.UnsupportedReason));
        console.Write(sources);

        Table features = Tables.New("feature").AddWords("used for").AddWords("here");
        foreach (FeatureReport feature in machine.Features ?? [])
            features.AddRow(feature.Name, feature.UsedFor, Here(feature.UnsupportedReason));
        console.Write(features);
    }

    private static string YesNo(bool value) => value ? "yes" : "no";

    private static string Here(string? unsupportedReason) =>
        Markup.Escape(unsupportedReason is null ? "yes" : $"no: {unsupportedReason.TrimEnd('.')}");
}
