using CopyMc.Collapse;

namespace CopyMc.Native;

/// <summary>Calls a function of the program before the steps of collapses.</summary>
internal sealed unsafe class Observer(Machine machine, ObserverRecord record)
{
    private const uint EveryPage = 1;

    private CollapseOperation? _collapse;
    private CollapseStep _step;

    internal static Observer? Read(Machine machine, ObserverRecord* observer)
    {
        if (observer == null)
            return null;
        ObserverRecord record = Arguments.Read(observer, (uint)sizeof(ObserverRecord), nameof(observer));
        Arguments.NeedFlags(record.Flags, EveryPage, "observer->flags");
        if (record.BeforeStep == null)
            throw Arguments.Invalid("observer->before_step", "the pointer is null.");
        return new Observer(machine, record);
    }

    internal void BeforeStep(CollapseOperation collapse)
    {
        if (collapse == _collapse && collapse.NextStep == _step && (record.Flags & EveryPage) == 0)
            return;
        (_collapse, _step) = (collapse, collapse.NextStep);
        var step = new StepRecord
        {
            Size = (uint)sizeof(StepRecord),
            Step = (int)collapse.NextStep,
            Address = collapse.FoundIn?.Address ?? 0,
            Process = (uint)(collapse.FoundIn?.Space.Number ?? 0),
            CopiedPages = (uint)collapse.CopiedPages,
        };
        machine.Observed = collapse;
        int answer = record.BeforeStep(record.Context, &step);
        machine.Observed = null;
        if (answer != 0)
            throw new StatusException(Status.Stopped, $"observer: before_step returned {answer}, so the collapse was ended.");
    }
}
