using System.Runtime.CompilerServices;
using CopyMc.Contract.Agreement;

namespace CopyMc.Engine.Tests.Collapse.Agreement;

/// <summary>What docs/collapse-kernel.md says of the kernel is what is recorded, and so what the kernel is held to.</summary>
public sealed class StateTableTests
{
    private const string Begin = "<!-- the recorded states, written by StateTableTests -->\n", End = "<!-- the end of the recorded states -->\n";

    /// <summary>Set to 1, the document is written anew instead of compared.</summary>
    private const string WriteVariable = "COPYMC_WRITE_DOCS";

    [Fact]
    public void The_table_in_the_docs_is_what_is_recorded()
    {
        string document = File.ReadAllText(DocumentPath);
        int from = document.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length, to = document.IndexOf(End, StringComparison.Ordinal);
        string table = StateTable.Render() + "\n";
        if (Environment.GetEnvironmentVariable(WriteVariable) == "1")
            File.WriteAllText(DocumentPath, document[..from] + table + document[to..]);
        else
            Assert.Equal(table, document[from..to]);
    }

    private static string DocumentPath => Path.GetFullPath(Path.Combine(ThisDirectory(), "../../../../docs/collapse-kernel.md"));

    private static string ThisDirectory([CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;
}
