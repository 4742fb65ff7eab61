using CopyMc.Bench.MainJob;

namespace CopyMc.Bench.Recovery;

/// <summary>The poison of a case, and the number of threads that meet it at once.</summary>
internal readonly record struct CostPlace(PoisonSource Source, PoisonPosition Position, PageKind Pages, int Threads)
{
    /// <summary>The place of its floor: one load, so the position does not matter.</summary>
    internal CostPlace ForFloor => this with { Position = PoisonPosition.FirstLine };
}
