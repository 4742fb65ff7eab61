using CopyMc.Bench.Collapse.Scenarios;
using CopyMc.Bench.Terminal;
using CopyMc.Simulation;

namespace CopyMc.Bench.Collapse;

/// <summary>The machine of a scenario, with its processes and regions, as they are when the actions begin.</summary>
internal sealed class ScenarioStage : IDisposable
{
    /// <summary>Every byte of every process is compared again and again.</summary>
    private const int MostProcesses = 100;

    private readonly List<AddressSpace> _processes = [];

    /// <exception cref="ScenarioFault">There is no such machine, or it has no room for the regions.</exception>
    internal ScenarioStage(CollapseScenario scenario)
    {
        Machine = NewMachine(scenario.Machine, scenario.Kernel);
        try
        {
            Machine.RootCgroup.LimitPages = scenario.Machine.LimitPages ?? Machine.RootCgroup.LimitPages;
            _processes.Add(Machine.NewProcess());
            var setup = new StageSetup(this);
            Regions = [.. scenario.Regions.Select(setup.Map)];
            // The states are made of small pages; the setting holds from here on.
            setup.Fill();
            Machine.HugePagesAtFault = scenario.Machine.HugePagesAtFault;
        }
        catch
        {
            Machine.Dispose();
            throw;
        }
    }

    internal SimulatedMachine Machine { get; }

    /// <summary>In the order in which they were made, including those that have exited.</summary>
    internal IReadOnlyList<AddressSpace> Processes => _processes;

    internal IReadOnlyList<StagedRegion> Regions { get; } = [];

    /// <summary>How latent poison is made here; null: it cannot be.</summary>
    internal static PoisonSource? LatentSource { get; } = CopyEngine.Shared.Kernel.RecoversFromFaults
        ? new[] { PoisonSource.UffdPoison, PoisonSource.TruncatedMapping }
            .Where(source => PoisonInjector.UnsupportedReason(source) is null).Select(source => (PoisonSource?)source).FirstOrDefault()
        : null;

    /// <summary>Advises a range: twice for huge pages, because khugepaged learns of shmem only from an area that is advised already.</summary>
    internal static SystemCallResult Advise(AddressSpace process, ulong address, ulong length, Advice advice)
    {
        SystemCallResult result = process.Madvise(address, length, advice);
        return result.IsDone && advice == Advice.HugePage ? process.Madvise(address, length, advice) : result;
    }

    /// <exception cref="ScenarioFault">There are as many processes as a scenario may have.</exception>
    internal ActionResult Fork(AddressSpace process, string place)
    {
        if (_processes.Count == MostProcesses)
            throw new ScenarioFault(place, $"a scenario has at most {MostProcesses} processes, including those that have exited.");
        SystemCallResult result = process.Fork(out AddressSpace? child);
        if (child is not null)
            _processes.Add(child);
        return result;
    }

    /// <exception cref="PlatformNotSupportedException">Latent poison does not work here.</exception>
    internal void Poison(uint frame, int line, PoisonKind kind) => Machine.Poison(frame, line, kind == PoisonKind.Known
        ? PoisonSource.Bitmap
        : LatentSource ?? throw new PlatformNotSupportedException("Latent poison needs a kernel that recovers from faults: see copymc probe."));

    public void Dispose() => Machine.Dispose();

    private static SimulatedMachine NewMachine(MachineSetup setup, KernelVersion kernel)
    {
        try
        {
            return new SimulatedMachine((nuint)setup.MemoryMiB << 20, new SimulatedMachineOptions
            {
                Kernel = kernel,
                SwapPages = setup.SwapPages,
                Enabled = setup.Enabled,
                ShmemEnabled = setup.ShmemEnabled,
                ReadOnlyFileThp = setup.ReadOnlyFileThp,
                PageTableReclaim = setup.PageTableReclaim,
            });
        }
        catch (ArgumentOutOfRangeException error)
        {
            throw new ScenarioFault("$.machine.memoryMiB", $"{setup.MemoryMiB} MiB is not possible: {PlainText.Of(error)}");
        }
    }
}
