using CopyMc.Bench.Machine;
using CopyMc.Bench.RecoveryCost;

namespace CopyMc.Bench.Output;

/// <summary>A result that was read, with what all kinds of it have.</summary>
internal sealed record ResultInput(string Path, object Content)
{
    /// <inheritdoc cref="ResultFile.Read"/>
    internal static ResultInput Read(string path) => new(path, ResultFile.Read(path));

    internal string Name => System.IO.Path.GetFileName(Path);

    internal string Schema => Content switch
    {
        ProbeReport probe => probe.Schema,
        MainJobReport job => job.Schema,
        QuickReport quick => quick.Schema,
        RecoveryCostReport cost => cost.Schema,
        _ => throw Unknown(),
    };

    internal MachineReport Machine => Content switch
    {
        ProbeReport probe => probe.Machine,
        MainJobReport job => job.Machine,
        QuickReport quick => quick.Machine,
        RecoveryCostReport cost => cost.Machine,
        _ => throw Unknown(),
    };

    internal DateTimeOffset StartedAt => Content switch
    {
        ProbeReport probe => probe.StartedAt,
        MainJobReport job => job.StartedAt,
        QuickReport quick => quick.StartedAt,
        RecoveryCostReport cost => cost.StartedAt,
        _ => throw Unknown(),
    };

    /// <summary>Null where nothing was measured.</summary>
    internal double? TotalSeconds => Content switch
    {
        MainJobReport job => job.TotalSeconds,
        QuickReport quick => quick.TotalSeconds,
        RecoveryCostReport cost => cost.TotalSeconds,
        _ => null,
    };

    private InvalidOperationException Unknown() => new($"{Content.GetType()} is no result.");
}
