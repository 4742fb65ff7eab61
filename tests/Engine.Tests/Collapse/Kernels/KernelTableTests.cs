using System.Runtime.CompilerServices;
using System.Text;
using CopyMc.Simulation;

namespace CopyMc.Engine.Tests.Collapse.Kernels;

/// <summary>The table of differences between kernels in docs/collapse.md matches the model.</summary>
public sealed class KernelTableTests
{
    private const string Begin = "<!-- the differences between kernels, written by KernelTableTests -->\n", End = "<!-- the end of the differences -->\n";

    /// <summary>If this is 1, the table is written to the document instead of compared.</summary>
    private const string WriteVariable = "COPYMC_WRITE_DOCS";

    [Fact]
    public void The_table_in_the_docs_matches_the_model()
    {
        string document = File.ReadAllText(DocumentPath);
        int from = document.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length, to = document.IndexOf(End, StringComparison.Ordinal);
        string table = Render();
        if (Environment.GetEnvironmentVariable(WriteVariable) == "1")
            File.WriteAllText(DocumentPath, document[..from] + table + document[to..]);
        else
            Assert.Equal(table, document[from..to]);
    }

    [Fact]
    public void The_table_is_sorted_by_release()
    {
        Assert.All(
            KernelBehavior.Differences.Zip(KernelBehavior.Differences.Skip(1)),
            pair => Assert.True(pair.Second.Since.IsAtLeast(pair.First.Since), $"{pair.Second.Name} is after {pair.First.Name}"));
    }

    private static string Render()
    {
        var table = new StringBuilder("\n| since | before | since then | commit | known from |\n|---|---|---|---|---|\n");
        foreach (KernelDifference difference in KernelBehavior.Differences)
        {
            string evidence = difference.Evidence == KernelEvidence.Observed ? "observed" : "source";
            table.Append($"| {difference.Since.Name} | {difference.Before} | {difference.After} | {difference.Commit} | {evidence} |\n");
        }
        return table.Append('\n').ToString();
    }

    private static string DocumentPath => Path.GetFullPath(Path.Combine(ThisDirectory(), "../../../../docs/collapse.md"));

    private static string ThisDirectory([CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;
}
