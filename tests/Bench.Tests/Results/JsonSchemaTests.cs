using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using CopyMc.Bench.Probe;
using CopyMc.Bench.Results;

namespace CopyMc.Bench.Tests.Results;

/// <summary>The schemas under docs/ are what is written, and a newer one is refused.</summary>
public sealed class JsonSchemaTests(SmokeRuns runs)
{
    public static TheoryData<string> Names => [.. ResultSchema.All.Select(schema => schema.Name)];

    /// <summary><c>copymc schema</c> writes it.</summary>
    [Fact]
    public void The_documented_schema_is_the_one_that_is_written() => Assert.Equal(
        File.ReadAllText(Path.Combine(RepositoryRoot.Path, "docs", "schemas", "results.schema.json")), Copymc.Run("schema").ExpectSuccess().Output);

    [Fact]
    public void Every_reference_of_the_schema_is_to_a_definition()
    {
        JsonNode schema = JsonNode.Parse(Copymc.Run("schema").ExpectSuccess().Output)!;
        string[] references = [.. References(schema)];
        Assert.NotEmpty(references);
        Assert.All(references, reference => Assert.NotNull(reference.StartsWith("#/$defs/", StringComparison.Ordinal) ? schema["$defs"]![reference["#/$defs/".Length..]] : null));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_result_of_a_newer_schema_is_refused_by_name(string name)
    {
        ResultSchema schema = ResultSchema.All.Single(one => one.Name == name);
        string newer = $"copymc/{schema.Kind}/{schema.Version + 1}";
        string message = Refusal($$"""{ "schema": "{{newer}}", "members": "that nobody knows here" }""");
        Assert.Contains(newer, message);
        Assert.Contains(name, message);
        Assert.Contains("newer copymc", message);
    }

    [Theory]
    [InlineData("", "line 1")]
    [InlineData("{ \"schema\": ", "line 1")]
    [InlineData("[1, 2]", "no \"schema\"")]
    [InlineData("{ }", "no \"schema\"")]
    [InlineData("{ \"schema\": 7 }", "no \"schema\"")]
    [InlineData("{ \"schema\": \"elsewhere/1\" }", "no \"schema\"")]
    [InlineData("{ \"schema\": \"copymc/bench-quick/0\" }", "no \"schema\"")]
    [InlineData("{ \"schema\": \"copymc/nothing/1\" }", "copymc/bench-quick/1")]
    [InlineData("{ \"schema\": \"copymc/bench-quick/1\" }", "missing required")]
    [InlineData("{\n \"schema\": \"copymc/bench-quick/1\",\n \"startedAt\": \"yesterday\" }", "line 3")]
    public void What_is_no_result_is_refused_with_the_place(string content, string mention) => Assert.Contains(mention, Refusal(content));

    [Fact]
    public void Members_that_a_later_copymc_added_are_passed_over()
    {
        using var directory = new TemporaryDirectory();
        JsonObject result = JsonNode.Parse(File.ReadAllBytes(runs.Of("probe").Path))!.AsObject();
        result["added"] = new JsonObject { ["later"] = 1 };
        string path = directory.Write("probe.json", Encoding.UTF8.GetBytes(result.ToJsonString()));
        Assert.Equal(Environment.ProcessorCount, Assert.IsType<ProbeReport>(ResultFile.Read(path)).Machine.LogicalProcessors);
    }

    /// <summary>Members that a version has gained.</summary>
    [Theory]
    [InlineData("probe", "machine.tuning", "machine.processors", "machine.configuration", "warnings", "clockDriftPercent")]
    [InlineData("collapse", "cachedToRawCopy", "commitAndReadMicroseconds", "cachedAndReadToCommitAndRead")]
    public void A_result_without_the_members_of_a_later_copymc_is_read_and_shown(string kind, params string[] members)
    {
        using var directory = new TemporaryDirectory();
        JsonObject result = JsonNode.Parse(File.ReadAllBytes((kind == "probe" ? runs.Of(kind) : runs.Bench(kind)).Path))!.AsObject();
        foreach (string[] path in members.Select(member => member.Split('.')))
            (path.Length == 1 ? result : result[path[0]]!.AsObject()).Remove(path[^1]);
        string older = directory.Write("older.json", Encoding.UTF8.GetBytes(result.ToJsonString()));
        Copymc.Run("report", older, "--output", directory.File("older.html")).ExpectSuccess();
    }

    [Fact]
    public void A_result_reads_back_as_it_was_written() =>
        Assert.All([runs.MainJob, runs.Of("probe"), .. ((string[])["quick", "recovery", "limits", "gc", "collapse"]).Select(runs.Bench)], run =>
            Assert.Equal(File.ReadAllText(run.Path), JsonSerializer.Serialize(run.Result, run.Result.GetType(), ReportJson.Options)));

    private static IEnumerable<string> References(JsonNode? node) => node switch
    {
        JsonObject one => one.SelectMany(member => member.Key == "$ref" ? [member.Value!.GetValue<string>()] : References(member.Value)),
        JsonArray many => many.SelectMany(References),
        _ => [],
    };

    private static string Refusal(string content)
    {
        using var directory = new TemporaryDirectory();
        string path = directory.File("result.json");
        File.WriteAllText(path, content);
        string message = Assert.Throws<InvalidInputException>(() => ResultFile.Read(path)).Message;
        Assert.Contains(path, message);
        return message;
    }
}
