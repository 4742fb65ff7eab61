using System.Diagnostics;
using System.Runtime.InteropServices;
using Spectre.Console;

namespace CopyMc.Bench.Terminal;

/// <summary>Progress of a phase: a live bar on a terminal, nothing where the output goes elsewhere.</summary>
internal static class ProgressView
{
    internal static T Run<T>(IAnsiConsole console, string phase, Func<IProgress<PhaseProgress>, T> work)
    {
        if (!OutputConsole.IsLive(console))
            return work(new Progress<PhaseProgress>());
        // The bar hides the cursor. An interrupted process shows it again, and ends as usual.
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, _ => console.Cursor.Show());
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, _ => console.Cursor.Show());
        return console.Progress()
            // Drawn between measurements, never during one.
            .AutoRefresh(false)
            .AutoClear(true)
            .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .Start(context => work(new Bar(phase, context)));
    }

    private sealed class Bar(string phase, ProgressContext context) : IProgress<PhaseProgress>
    {
        private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(100);

        private readonly ProgressTask _task = context.AddTask(Markup.Escape(phase));
        private long _drawn;

        public void Report(PhaseProgress value)
        {
            bool somethingElse = Describe(value) != _task.Description;
            _task.Value = value.Fraction * _task.MaxValue;
            _task.Description = Describe(value);
            if (!somethingElse && Stopwatch.GetElapsedTime(_drawn) < s_interval)
                return;
            context.Refresh();
            _drawn = Stopwatch.GetTimestamp();
        }

        private string Describe(PhaseProgress value) => Markup.Escape($"{phase}: {value.Now}");
    }
}
