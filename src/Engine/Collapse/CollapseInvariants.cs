using CopyMc.Simulation;

namespace CopyMc.Collapse;

/// <summary>What must hold of a machine at any moment, in the middle of collapses too. Not thread-safe.</summary>
/// <param name="machine">The machine.</param>
public sealed class CollapseInvariants(SimulatedMachine machine)
{
    private readonly MachineInvariants _invariants = new(machine ?? throw new ArgumentNullException(nameof(machine)));

    /// <summary>
    /// Lists what does not hold, in words: every count must be the number of things counted (references, mappings, resident pages, charges,
    /// isolated pages, swap slots), every lock and isolation somebody's, and every entry one that its area may have. Looks at all metadata: slow on a large machine.
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
