using CopyMc.Simulation;

namespace CopyMc.Native;

/// <summary>A file of a machine.</summary>
internal sealed record MachineFile(Machine Machine, SimulatedFile File);
