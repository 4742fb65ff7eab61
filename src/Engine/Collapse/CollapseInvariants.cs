using CopyMc.Simulation;

namespace CopyMc.Collapse;

/// <summary>Invariants of a machine that hold at any time, also between the steps of collapses. Not thread-safe.</summary>
/// <param name="machine">The machine.</param>
public sealed class CollapseInvariants(SimulatedMachine machine)
{
    private readonly MachineInvariants _invariants = new(machine ?? throw new ArgumentNullException(nameof(machine)));

    /// <summary>
    /// Describes each violation: every count must equal the number of things counted (references, mappings, resident pages, charges,
    /// isolated pages, swap slots), every lock and isolation must have an owner, and every entry must be one that its area allows. Reads
    /// all metadata, which is slow on a large machine.
    /// </summary>
    /// <param name="running">The collapses that are between two of their steps.</param>
    /// <returns>A list that is valid until the next call.</returns>
    public IReadOnlyList<string> Violations(params IReadOnlyList<CollapseOperation> running)
    {
        ArgumentNullException.ThrowIfNull(running);
        var detached = new List<DetachedTable>();
        foreach (CollapseOperation collapse in running)
        {
            if (collapse.DetachedTable is { } table)
                detached.Add(table);
        }
        return _invariants.Violations(detached, references =>
        {
            foreach (CollapseOperation collapse in running)
                collapse.CountReferences(references);
        });
    }
}
