using CopyMc.Bench.Measuring;

namespace CopyMc.Bench.Recovery;

/// <summary>A method with its signal handler.</summary>
internal sealed record CostMethod(Contender Contender, CostRole Role, string? Kernel, SignalSetup Signals)
{
    internal static CostMethod Of(CopyEngine engine) => new(
        new Contender<EngineCopy>("CopyEngine", new EngineCopy(engine)), CostRole.Engine, engine.Kernel.Name, SignalSetup.Engine);

    internal static CostMethod Of(CopyKernel kernel) => Of(new CopyEngine(new CopyEngineOptions { Kernel = kernel }));
}
