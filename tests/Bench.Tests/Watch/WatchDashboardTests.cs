using CopyMc.Bench.Watch;
using Spectre.Console;

namespace CopyMc.Bench.Tests.Watch;

/// <summary>What <c>watch</c> draws on a terminal.</summary>
public sealed class WatchDashboardTests
{
    [Fact]
    public void The_hits_are_on_a_terminal_that_is_too_small()
    {
        var output = new StringWriter();
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.Yes, Out = new AnsiConsoleOutput(output) });
        (console.Profile.Width, console.Profile.Height) = (40, 12);
        var dashboard = new WatchDashboard("simulator, process 4711", console.Profile);
        WatchReading reading = WatchReports.Example.Readings[^1] with { Hits = new PoisonHits(1000, 200, 30, 4) };

        // In the end all is drawn, and scrolls.
        string drawn = dashboard.On(console).Start(live =>
        {
            live.UpdateTarget(dashboard.Of(reading, WatchReports.Example.Faults[0], null, "copymc-4711.dmp"));
            return output.ToString();
        });

        Assert.Contains("poison hits", drawn);
        Assert.Contains("1,234: known", drawn);
        Assert.DoesNotContain("collapses", drawn);
    }

    [Fact]
    public void A_handler_over_the_engine_s_is_named_with_what_it_means()
    {
        var output = new StringWriter();
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, Out = new AnsiConsoleOutput(output) });
        console.Profile.Width = 200;
        var lines = new WatchText(console);
        WatchReading reading = WatchReports.Example.Readings[0];
        var covered = new WatchedHandler(1, "SIGBUS", HandlerPosition.Covered, "on_crash in /usr/lib/libreporter.so");
        lines.Write(reading, null, covered, null);
        lines.Write(reading, null, covered, null);
        lines.Write(reading, null, new WatchedHandler(2, "SIGBUS", HandlerPosition.Removed, ""), null);

        string[] told = [.. output.ToString().Split('\n').Where(line => line.StartsWith("recovery", StringComparison.Ordinal)).Select(line => line.Trim())];
        Assert.Equal(
            [
                "recovery: SIGBUS goes to on_crash in /usr/lib/libreporter.so; copies recover if that function passes it on",
                "recovery: SIGBUS goes to its default action, or nowhere; copies do not recover",
            ],
            told);
    }
}
