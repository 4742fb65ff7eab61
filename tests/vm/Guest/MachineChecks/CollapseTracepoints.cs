namespace CopyMc.Guest.MachineChecks;

/// <summary>Records the kernel's tracepoints of collapses until it is disposed, in its own buffer (Documentation/trace/ftrace.rst, "Instances").</summary>
internal sealed class CollapseTracepoints : IDisposable
{
    private readonly string _instance = $"/sys/kernel/tracing/instances/machine-checks.{Environment.ProcessId}";

    internal CollapseTracepoints()
    {
        Directory.CreateDirectory(_instance);
        File.WriteAllText($"{_instance}/events/huge_memory/enable", "1");
    }

    public void Dispose() => Directory.Delete(_instance);

    /// <summary>"event status" for each event with a status, as in "  task-1 [000] ..... 1.0: event: a=1, status=succeeded".</summary>
    internal IEnumerable<string> Statuses()
    {
        foreach (string line in File.ReadAllLines($"{_instance}/trace"))
        {
            int start = line.IndexOf(": mm_", StringComparison.Ordinal);
            if (line.StartsWith('#') || start < 0 || line[(start + 2)..].Split(": ") is not [string name, string fields])
                continue;
            foreach (string field in fields.Split(", "))
            {
                if (field.Split('=') is ["status" or "result", string status])
                    yield return $"{name} {status}";
            }
        }
    }
}
