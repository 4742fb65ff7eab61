using CopyMc.Bench.MainJob;

namespace CopyMc.Bench.Recovery;

/// <summary>What is poisoned, how, and for how many threads at once.</summary>
internal readonly record struct CostPlace(PoisonSource Source, PoisonPosition Position, PageKind Pages, int Threads)
{
    /// <summary>The floor that belongs to it: one load, so the position does not matter.</summary>
    internal CostPlace ForFloor => this with { Position = PoisonPosition.FirstLine };
}
