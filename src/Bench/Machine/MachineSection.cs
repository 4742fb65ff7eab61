using CopyMc.Bench.Page;
using CopyMc.Bench.Terminal;

namespace CopyMc.Bench.Machine;

/// <summary>On what it was measured.</summary>
internal sealed class MachineSection(MachineReport machine, DateTimeOffset startedAt) : IReportSection
{
    public string Title => "Machine";

    public void Write(HtmlText html)
    {
        html.Raw("<div class=\"scroll\" tabindex=\"0\"><table class=\"facts\"><tbody>\n");
        html.Row("CPU", $"{machine.CpuModel}, {machine.Architecture}, {Units.Count(machine.LogicalProcessors, "logical processor")}");
        html.Row("caches", machine.Caches.Count == 0
            ? "unknown"
            : string.Join(", ", machine.Caches.Select(cache => $"{cache.Name} {Units.Bytes(cache.SizeBytes)}")));
        html.Row("instruction sets", string.Join(", ", machine.InstructionSets));
        html.Row("memory", $"{Units.Bytes(machine.MemoryBytes)}, {Units.Bytes(machine.MemoryAvailableBytes)} available");
        html.Row("huge pages", $"transparent: {machine.TransparentHugePages}; hugetlb pool: {machine.HugeTlbPages} of 2 MiB, {machine.HugeTlbPagesFree} free");
        html.Row("system", $"{machine.OperatingSystem}; {machine.Runtime}");
        html.Row("native stub", machine.FaultRecoveryUnsupportedReason is { } reason ? $"no: {reason}" : "yes: copies recover from faults");
        html.Row("chosen kernel", $"{machine.ChosenKernel}: {machine.ChosenKernelReason}");
        html.Row("measured", $"{startedAt:yyyy-MM-dd HH:mm} UTC");
        html.Raw("</tbody></table></div>\n");

        html.Raw("<details><summary>Kernels, sources of faults and features</summary>");
        html.OpenTable("what", "needs or used for", "here");
        foreach (KernelReport kernel in machine.Kernels)
            Here(html, kernel.Name, kernel.Isa, kernel.UnsupportedReason);
        foreach (PoisonSourceReport source in machine.PoisonSources)
            Here(html, $"{source.Source} poison", "", source.UnsupportedReason);
        foreach (FeatureReport feature in machine.Features ?? [])
            Here(html, feature.Name, feature.UsedFor, feature.UnsupportedReason);
        html.CloseTable().Raw("</details>\n");
    }

    private static void Here(HtmlText html, string name, string detail, string? reason) => html
        .Raw("<tr>").Element("th", name).Element("td", detail, "words")
        .Element("td", reason is null ? "yes" : $"no: {reason.TrimEnd('.')}", "words").Raw("</tr>\n");
}
