using CopyMc.Simulation;

namespace CopyMc.Native;

/// <summary>A process of a machine.</summary>
internal sealed record Process(Machine Machine, AddressSpace Space);
