using CopyMc.Bench.Measuring;
using CopyMc.Bench.Terminal;

namespace CopyMc.Bench.Limits;

/// <summary>Measures the limits one after another, each in interleaved rounds.</summary>
internal sealed class LimitsRun(CopyEngine engine, MeasurementSettings settings, long availableBytes, IProgress<PhaseProgress> progress)
{
    internal IReadOnlyList<Limit> Run()
    {
        const int Phases = 9;
        WarmUpCode();
        var limits = new List<Limit>();
        int phase = 0;

        void Measure(string now, Func<Action<double>, IEnumerable<Limit>> measure)
        {
            void Report(double fraction) => progress.Report(new PhaseProgress(now, (phase + fraction) / Phases));
            Report(0);
            limits.AddRange(measure(Report));
            phase++;
        }

        Measure("copies", report => UncheckedCopies.Measure(engine, settings, report));
        Measure("copies from C", _ => [CopyFromC.Measure(settings)]);
        Measure("checks", _ => CheckCost.Measure(engine, settings));
        Measure("recovery", _ => PoisonCost.Measure(engine, settings));
        Measure("poison elsewhere", _ => PoisonElsewhere.Measure(engine, settings));
        Measure("many maps", _ => ManyMaps.Measure(engine, settings));
        Measure("threads", _ => [ThreadScaling.Measure(engine, settings)]);
        // There are hundreds of cells, so each has a shorter batch.
        Measure("alignment", report => AlignmentMatrix.Measure(engine, settings with { Batch = settings.Batch / 10 }, report));
        Measure("growth", _ => [Growth.Measure(engine, settings, availableBytes)]);
        return limits;
    }

    private void WarmUpCode()
    {
        progress.Report(new PhaseProgress("warming up", 0));
        using var buffers = new BufferPair(2 << 20, PageKind.Small);
        List<Contender> contenders = [.. Contenders.Quick(MeasurementPoint.Quick[0], engine)];
        if (BareKernel.Find(engine.Kernel) is { } kernel)
            contenders.Add(new Contender<BareKernel>("bare kernel", kernel));
        WarmUp.Run(buffers, contenders);
        // The code for poison too.
        MeasurementSettings moments = new(Rounds: 1, Batch: TimeSpan.FromMilliseconds(1), PoolBytes: settings.PoolBytes);
        for (int tier = 0; tier < 3; tier++)
        {
            _ = PoisonCost.Measure(engine, moments).Count();
            Thread.Sleep(TimeSpan.FromMilliseconds(150));
        }
    }
}
