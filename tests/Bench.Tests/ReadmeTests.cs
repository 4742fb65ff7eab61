using System.Globalization;
using System.Text.RegularExpressions;
using CopyMc.Bench.MainJob;
using CopyMc.Bench.Tests.Report;

namespace CopyMc.Bench.Tests;

/// <summary>README.md: its outputs are those of the commands, its picture is the report's, its links exist. tests/packages runs its code.</summary>
public sealed partial class ReadmeTests(ReadmeRun run) : IClassFixture<ReadmeRun>
{
    private static readonly string s_readme = File.ReadAllText(Path.Combine(RepositoryRoot.Path, "README.md"));

    [Fact]
    public void The_recovery_table_has_the_byte_counts_of_the_main_job()
    {
        string[][] seen = Rows(run.MainJob.Output, "poisoned line");
        string[][] rows = Rows(s_readme, "poisoned line");
        Assert.Equal(seen.Length, run.LatentSkipped ? 4 : rows.Length);
        foreach (string[] row in rows)
        {
            bool latent = row[0].StartsWith("latent", StringComparison.Ordinal);
            if (latent && run.LatentSkipped)
                continue;
            string[] other = seen.First(one => one[0] == row[0]);
            Assert.Equal(row[1..3], other[1..3]);
            // A kernel with CONFIG_MEMORY_FAILURE reports the same poison as a machine check.
            Assert.Equal(row[3], other[3].Replace("MachineCheck", "BusError", StringComparison.Ordinal));
            Assert.InRange(Microseconds(other[4]), Microseconds(row[4]) / 1000, Microseconds(row[4]) * 1000);
            Assert.Equal(row[5], other[5]);
        }
    }

    [Fact]
    public void The_throughput_table_has_rows_of_bench_quick()
    {
        string[][] seen = Rows(run.Quick.Output, "copy ");
        string[][] rows = Rows(s_readme, "copy ");
        Assert.NotEmpty(rows);
        foreach (string[] row in rows)
        {
            string[] other = Assert.Single(seen, one => one[0] == row[0]);
            Assert.Equal(row.Length, other.Length);
            foreach (int figure in (int[])[1, 2, 3, 5])
                Assert.True(double.Parse(row[figure], CultureInfo.InvariantCulture) > 0 && double.Parse(other[figure], CultureInfo.InvariantCulture) > 0);
        }
    }

    [Fact]
    public void The_picture_is_drawn_by_the_report()
    {
        Assert.SkipWhen(run.LatentSkipped, "Copies do not recover from latent poison here.");
        string picture = File.ReadAllText(Path.Combine(RepositoryRoot.Path, "docs", "images", "poison-map.svg"));
        foreach (string name in (string[])["known, middle", "latent, middle"])
        {
            string figure = Regex.Match(run.Page, $"aria-label=\"{name}\">(.*?)</svg>", RegexOptions.Singleline).Groups[1].Value;
            Assert.NotEmpty(figure);
            Assert.Contains(figure, picture);
            string[] row = Rows(s_readme, "poisoned line").Single(one => one[0] == name);
            Assert.Contains($"{row[1]} bytes copied, {row[2]} not.", picture);
        }
    }

    [Fact]
    public void Every_command_of_the_table_exists()
    {
        string[] commands = [.. CommandRow().Matches(s_readme).Select(match => match.Groups[1].Value)];
        Assert.True(commands.Length > 5);
        Assert.All(commands, command => Assert.Matches($@"\n  {command}\b", run.Help.Output));
    }

    [Fact]
    public void Every_link_of_the_readme_and_the_docs_leads_to_a_file()
    {
        string[] pages = [Path.Combine(RepositoryRoot.Path, "README.md"), .. Directory.GetFiles(Path.Combine(RepositoryRoot.Path, "docs"), "*.md")];
        foreach (string page in pages)
        {
            foreach (Match link in RelativeLink().Matches(File.ReadAllText(page)))
            {
                string target = Path.Combine(Path.GetDirectoryName(page)!, link.Groups[1].Value);
                Assert.True(Path.Exists(target), $"{Path.GetFileName(page)}: {link.Groups[1].Value}");
            }
        }
    }

    [GeneratedRegex("^\\| `copymc (\\w+)", RegexOptions.Multiline)]
    private static partial Regex CommandRow();

    [GeneratedRegex(@"\]\(((?!https?:)[^)#]+)[^)]*\)")]
    private static partial Regex RelativeLink();

    /// <summary>The cells of the table whose heading starts with a word: columns are at least two spaces apart.</summary>
    private static string[][] Rows(string text, string heading) =>
    [
        .. text.Split('\n')
            .SkipWhile(line => !line.StartsWith($" {heading}", StringComparison.Ordinal))
            .Skip(2)
            .TakeWhile(line => line.StartsWith(' '))
            .Select(line => Columns().Split(line.Trim())),
    ];

    [GeneratedRegex(" {2,}")]
    private static partial Regex Columns();

    private static double Microseconds(string time) =>
        double.Parse(time.Split(' ')[0], CultureInfo.InvariantCulture) * time.Split(' ')[1] switch { "ns" => 0.001, "us" => 1, "ms" => 1000, _ => 1e6 };
}

/// <summary>The commands of the README, run once and short, for several tests to look at.</summary>
public sealed class ReadmeRun
{
    public ReadmeRun(SmokeRuns runs)
    {
        MainJob = runs.MainJob.Command;
        LatentSkipped = ((MainJobReport)runs.MainJob.Result).Recovery.LatentSkippedReason is not null;
        Page = ReportPage.Of(runs.MainJob.Path).Html;
        Quick = runs.Of("bench", "quick", "--smoke").Command;
        Help = Copymc.Run("--help").ExpectSuccess();
    }

    internal Copymc MainJob { get; }

    internal bool LatentSkipped { get; }

    /// <summary>The HTML page of the main job's result.</summary>
    internal string Page { get; }

    internal Copymc Quick { get; }

    internal Copymc Help { get; }
}
