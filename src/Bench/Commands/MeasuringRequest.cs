using CopyMc.Bench.Machine;
using CopyMc.Bench.Terminal;

namespace CopyMc.Bench.Commands;

/// <summary>What a command that measures is given.</summary>
/// <param name="Rounds">The value of <c>--rounds</c>; null: the command's own.</param>
/// <param name="Smoke">Whether the figures may mean nothing.</param>
/// <param name="Machine">The machine.</param>
/// <param name="Progress">Where it says how far it is.</param>
internal sealed record MeasuringRequest(int? Rounds, bool Smoke, MachineReport Machine, IProgress<PhaseProgress> Progress);
