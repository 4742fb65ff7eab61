namespace CopyMc.Bench.Terminal;

/// <summary>A phase within a longer one.</summary>
/// <param name="whole">The longer one.</param>
/// <param name="from">Where in it the phase starts.</param>
/// <param name="to">Where it ends.</param>
/// <param name="name">What the phase is called there.</param>
internal sealed class PartOfProgress(IProgress<PhaseProgress> whole, double from, double to, string name) : IProgress<PhaseProgress>
{
    public void Report(PhaseProgress value) =>
        whole.Report(new PhaseProgress($"{name}, {value.Now}", from + (to - from) * value.Fraction));
}
