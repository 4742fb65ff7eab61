using Spectre.Console;

namespace CopyMc.Bench.Output;

/// <summary>Progress of a phase: a live bar on a terminal, nothing where the output goes elsewhere.</summary>
internal static class ProgressView
{
    internal static T Run<T>(IAnsiConsole console, string phase, Func<IProgress<PhaseProgress>, T> work)
    {
        if (!console.Profile.Capabilities.Interactive || !console.Profile.Out.IsTerminal)
            return work(new Discard());
        return console.Progress()
            .AutoClear(true)
            .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .Start(context =>
            {
                ProgressTask task = context.AddTask(Markup.Escape(phase));
                return work(new ToTask(phase, task));
            });
    }

    private sealed class Discard : IProgress<PhaseProgress>
    {
        public void Report(PhaseProgress value)
        {
        }
    }

    private sealed class ToTask(string phase, ProgressTask task) : IProgress<PhaseProgress>
    {
        public void Report(PhaseProgress value)
        {
            task.Value = value.Fraction * task.MaxValue;
            task.Description = Markup.Escape($"{phase}: {value.Now}");
        }
    }
}
