using CopyMc.Bench.Machine;
using CopyMc.Bench.Terminal;

namespace CopyMc.Bench.Results;

/// <summary>Why the figures of a result may be worth little.</summary>
internal static class Reliability
{
    /// <summary>Percent of drift below which the timing of the loop itself may be the reason.</summary>
    private const double MostDrift = 5;

    /// <param name="processors">How the CPUs run; null if it is not known.</param>
    /// <param name="clockDriftPercent">How much longer a fixed loop took at the end than at the start; null if it was not timed.</param>
    internal static IEnumerable<string> Warnings(ProcessorReport? processors, double? clockDriftPercent)
    {
        string[] governors = [.. (processors?.Governors ?? []).Where(governor => governor != "performance")];
        if (governors.Length > 0)
            yield return $"The frequency governor is {string.Join(" and ", governors)}, not performance: the clock follows the load, and short measurements may run at a low one.";
        if (SharedCores(processors) is { Count: > 0 } cores)
            yield return $"The process may run on several CPUs of one core ({string.Join(" and ", cores.Take(2))}{(cores.Count > 2 ? " and so on" : "")}), whose threads share its caches and units: --cpu with one CPU of each core avoids that.";
        if (clockDriftPercent is { } percent && Math.Abs(percent) > MostDrift)
            yield return $"The clock drifted: a fixed loop took {Units.Number(Math.Abs(percent))} % {(percent > 0 ? "longer" : "less")} at the end than at the start. Figures measured at different times do not compare.";
    }

    /// <summary>The CPUs of cores of which the process may use several.</summary>
    private static List<string> SharedCores(ProcessorReport? processors)
    {
        if (processors is null)
            return [];
        int[] allowed = ProcessorProbe.Numbers(processors.AllowedCpus);
        return [.. processors.SharedCores.Select(core => ProcessorProbe.Numbers(core).Intersect(allowed).ToArray()).Where(used => used.Length > 1).Select(CpuList.Format)];
    }
}
