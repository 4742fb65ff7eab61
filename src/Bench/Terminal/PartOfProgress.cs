namespace CopyMc.Bench.Terminal;

/// <summary>A phase within a longer one.</summary>
/// <param name="whole">The longer phase.</param>
/// <param name="from">Where this phase starts in it, from 0 to 1.</param>
/// <param name="to">Where it ends.</param>
/// <param name="name">The name of this phase.</param>
internal sealed class PartOfProgress(IProgress<PhaseProgress> whole, double from, double to, string name) : IProgress<PhaseProgress>
{
    public void Report(PhaseProgress value) =>
        whole.Report(new PhaseProgress($"{name}, {value.Now}", from + (to - from) * value.Fraction));
}
