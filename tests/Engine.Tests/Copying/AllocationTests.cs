namespace CopyMc.Engine.Tests.Copying;

/// <summary>Copies allocate nothing, with or without poison.</summary>
public sealed unsafe class AllocationTests : IDisposable
{
    private const int Copies = 1_000;
    private const nuint Length = 100_000;

    private readonly NativeRegion _source = new(Length);
    private readonly NativeRegion _destination = new(Length);

    public void Dispose()
    {
        _source.Dispose();
        _destination.Dispose();
    }

    [Theory]
    [ClassData(typeof(EveryKernelAndGate))]
    public void A_copy_allocates_nothing(string kernel, bool poisonElsewhere)
    {
        using var elsewhere = new PoisonElsewhere(poisonElsewhere);
        ExpectNoAllocation(Engines.Of(kernel));
    }

    [Theory]
    [ClassData(typeof(EveryKernel))]
    public void A_copy_that_stops_at_known_poison_allocates_nothing(string kernel)
    {
        _source.Poison.Mark(50);
        ExpectNoAllocation(Engines.Of(kernel));
    }

    [Theory]
    [ClassData(typeof(Faults.EveryRecoveringKernel))]
    public void A_copy_that_recovers_allocates_nothing(string kernel)
    {
        // Faults in a destination are not marked, so every copy faults.
        PoisonInjector.Inject(_destination, 0, PoisonSource.TruncatedMapping);
        ExpectNoAllocation(Engines.Of(kernel));
    }

    [Theory]
    [ClassData(typeof(Faults.EveryRecoveringKernel))]
    public void A_copy_that_marks_a_fault_allocates_nothing(string kernel)
    {
        CopyEngine engine = Engines.Of(kernel);
        PoisonInjector.Inject(_source, 0, PoisonSource.TruncatedMapping);
        using var overlapping = new PoisonMap(_source.Pointer, NativeRegion.PageSize);
        Learn(engine, overlapping, 1);
        Assert.Equal(0, Allocations.During(() => Learn(engine, overlapping, Copies)));
    }

    /// <summary>Clears the map each time, so that every copy faults and marks the page.</summary>
    private void Learn(CopyEngine engine, PoisonMap overlapping, int copies)
    {
        for (int i = 0; i < copies; i++)
        {
            engine.Copy(_source.Pointer, _destination.Pointer, 5000);
            _source.Poison.Clear(0, Length);
            overlapping.Clear(0, NativeRegion.PageSize);
        }
    }

    private void ExpectNoAllocation(CopyEngine engine)
    {
        Run(engine, 1);
        Assert.Equal(0, Allocations.During(() => Run(engine, Copies)));
    }

    private void Run(CopyEngine engine, int copies)
    {
        for (int i = 0; i < copies; i++)
        {
            foreach (nuint length in (ReadOnlySpan<nuint>)[0, 64, 5000, Length])
            {
                engine.Copy(_source.Pointer, _destination.Pointer, length);
                engine.Copy(_source.Pointer, _destination.Pointer, length, out _);
                engine.Copy(_source.Span[..(int)length], _destination.Span);
            }
        }
    }
}
