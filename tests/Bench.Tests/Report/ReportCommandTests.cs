using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using CopyMc.Bench.Machine;
using CopyMc.Bench.Measuring;
using CopyMc.Bench.Results;
using CopyMc.Bench.Terminal;
using CopyMc.Bench.Throughput;
using CopyMc.Bench.Throughput.Quick;

namespace CopyMc.Bench.Tests.Report;

/// <summary><c>copymc report</c> as a program in somebody's build uses it.</summary>
public sealed class ReportCommandTests(SmokeRuns runs) : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData("5", 1)]
    [InlineData("60", 0)]
    public void A_regression_of_at_least_so_much_fails(string percent, int exitCode)
    {
        Copymc run = Compare(Result("new.json", engineFactor: 1.6), Result("old.json"), "--fail-on-regression", percent);
        Assert.Equal(exitCode, run.ExitCode);
        Assert.Contains("slower", run.Output);
        Assert.True(File.Exists(_directory.File("report.html")));
    }

    [Fact]
    public void The_same_result_twice_never_fails() =>
        Assert.Equal(0, Compare(Result("new.json"), Result("old.json"), "--fail-on-regression", "0").ExitCode);

    [Fact]
    public void What_was_slower_before_is_faster_now() =>
        Assert.Contains("faster", Compare(Result("new.json"), Result("old.json", engineFactor: 1.6)).ExpectSuccess().Output);

    [Fact]
    public void Results_of_two_machines_say_so_first_and_nothing_is_subtracted()
    {
        string old = Result("old.json", machine: machine => machine with { CpuModel = "Another CPU", Runtime = ".NET 9" });
        string output = Compare(Result("new.json"), old).ExpectSuccess().Output;
        ExpectHead("These results are not of one machine and system.", output);
        ExpectHead("These results are not of one machine and system.", File.ReadAllText(_directory.File("report.html")));
        Assert.Matches(@"CPU +Another CPU", output);
        Assert.Matches(@"\.NET +\.NET 9 ", output);
        Assert.Contains("the controls) changed by", Joined(output));
        Assert.DoesNotContain("is subtracted. The interval", Joined(output));
    }

    [Fact]
    public void Results_of_two_configurations_say_so_first()
    {
        string old = Result("old.json", machine: machine => machine with { Configuration = new Dictionary<string, string> { ["COPYMC_TUNING"] = "/etc/copymc.tuning" } });
        string output = Compare(Result("new.json"), old).ExpectSuccess().Output;
        ExpectHead("These results are not of one configuration.", output);
        ExpectHead("These results are not of one configuration.", File.ReadAllText(_directory.File("report.html")));
        Assert.Matches(@"COPYMC_TUNING +/etc/copymc.tuning +not set", output);
        Assert.Contains("is subtracted. The interval", Joined(output));
    }

    [Fact]
    public void Results_of_one_machine_say_nothing_of_it() =>
        Assert.DoesNotContain("not of one", Compare(Result("new.json"), Result("old.json")).ExpectSuccess().Output);

    [Fact]
    public void A_regression_needs_something_to_compare_with() =>
        Copymc.Run("report", Result("new.json"), "--fail-on-regression", "5").ExpectOneLineOfError(2, "--fail-on-regression", "--compare");

    [Theory]
    [InlineData("x")]
    [InlineData("-1")]
    [InlineData("100")]
    public void A_percentage_that_is_none(string percent) =>
        Copymc.Run("report", "a.json", "--compare", "b.json", "--fail-on-regression", percent).ExpectOneLineOfError(2, "--fail-on-regression", percent);

    [Theory]
    [InlineData("points", "[]")]
    [InlineData("points", "null")]
    [InlineData("rounds", "\"many\"")]
    public void A_result_that_somebody_broke_is_refused(string member, string value)
    {
        string path = Result("broken.json");
        JsonNode result = JsonNode.Parse(File.ReadAllText(path))!;
        result["throughput"]![member] = JsonNode.Parse(value);
        File.WriteAllText(path, result.ToJsonString());
        Report(path).ExpectOneLineOfError(2, path);
        Assert.False(File.Exists(_directory.File("report.html")));
    }

    [Theory]
    [InlineData("\"schema\": \"copymc/")]
    [InlineData("\"cpuModel\": \"")]
    public void A_byte_that_is_not_UTF8_is_refused_with_its_line(string before)
    {
        string path = Result("result.json");
        byte[] content = File.ReadAllBytes(path);
        int at = content.AsSpan().IndexOf(System.Text.Encoding.UTF8.GetBytes(before)) + before.Length;
        content[at] = 0xC9;
        File.WriteAllBytes(path, content);
        int line = 1 + content.AsSpan(0, at).Count((byte)'\n');
        Report(path).ExpectOneLineOfError(2, path, $"line {line}:", "UTF-8");
    }

    [Fact]
    public void An_option_is_not_a_file_to_compare_with() =>
        Copymc.Run("report", "new.json", "--compare", "-o", "x").ExpectOneLineOfError(2, "--compare", "'-o' is an option");

    [Fact]
    public void A_result_that_is_not_there() => Report("/no/such/result.json").ExpectOneLineOfError(3, "/no/such/result.json");

    [Fact]
    public void A_page_that_cannot_be_written_is_told_first() =>
        Copymc.Run("report", "/no/such/result.json", "-o", "/no/such/directory/report.html").ExpectOneLineOfError(3, "/no/such/directory/report.html");

    [Fact]
    public void Results_of_two_kinds_are_not_compared()
    {
        string probe = runs.Of("probe").Path;
        Compare(Result("new.json"), probe).ExpectOneLineOfError(2, probe, "copymc/probe/1");
    }

    [Fact]
    public void Of_results_of_several_kinds_only_those_compared_are_named()
    {
        string page = _directory.File("report.html");
        Copymc.Run("report", runs.Of("probe").Path, Result("new.json"), "--compare", Result("old.json"), "-o", page).ExpectSuccess();
        Assert.Contains("<strong>new.json</strong> against <strong>old.json</strong>", File.ReadAllText(page));
    }

    private Copymc Report(string path) => Copymc.Run("report", path, "-o", _directory.File("report.html"));

    private Copymc Compare(string after, string before, params string[] options) =>
        Copymc.Run(["report", after, "--compare", before, "-o", _directory.File("report.html"), .. options]);

    /// <summary>The output without its line breaks.</summary>
    private static string Joined(string output) => string.Join(' ', output.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    /// <summary>It stands before what is compared with what.</summary>
    private static void ExpectHead(string expected, string text)
    {
        string head = Regex.Replace(Joined(text), "<[^>]*>", "");
        Assert.Contains(expected, head[..head.IndexOf("new.json against", StringComparison.Ordinal)]);
    }

    /// <summary>A result of the quick table with times that are made up.</summary>
    private string Result(string name, double engineFactor = 1, Func<MachineReport, MachineReport>? machine = null)
    {
        var random = new Random(engineFactor == 1 ? 1 : 2);
        MethodResult Method(string method, double factor)
        {
            double time = 1000 * factor * (1 + 0.01 * random.NextDouble());
            double[] times = [time * 0.99, time, time * 1.01];
            return MethodResult.From(method, 4096, times, times, copiedExactly: true);
        }
        PointResult[] points =
        [
            .. new[] { 64, 1024, 4096, 65536, 2 << 20 }.Select(bytes => new PointResult(
                Units.Bytes(bytes), bytes, Temperature.Hot, WorkingSetBytesPerBuffer: 2 << 20, PageKind.Small, CopyHint.UsedSoon, EveryCopyComplete: true,
                [Method(Contenders.Shared, engineFactor), Method(Contenders.Baseline, 1), Method(Contenders.LibraryCopy, 1)])),
        ];
        var report = new QuickReport(new ThroughputReport(Rounds: 3, BatchMilliseconds: 1, Contenders.Baseline, points))
        {
            Machine = (machine ?? (here => here))(MachineProbe.Run(CopyEngine.Shared)),
        };
        string path = _directory.File(name);
        new ReportFile(path).Write(report);
        return path;
    }
}
