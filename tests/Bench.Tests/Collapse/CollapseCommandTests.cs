using System.Text.Json;
using CopyMc.Bench.Collapse.BuiltIn;

namespace CopyMc.Bench.Tests.Collapse;

/// <summary><c>copymc collapse</c> as a user calls it.</summary>
public sealed class CollapseCommandTests : IDisposable
{
    /// <summary>The events of the kernel's huge_memory group with their fields as it prints them, and ours.</summary>
    private static readonly Dictionary<string, string[]> s_events = new()
    {
        ["mm_khugepaged_scan_pmd"] = ["mm", "scan_pfn", "referenced", "none_or_zero", "status", "unmapped"],
        ["mm_collapse_huge_page"] = ["mm", "isolated", "status"],
        ["mm_collapse_huge_page_isolate"] = ["scan_pfn", "none_or_zero", "referenced", "status"],
        ["mm_collapse_huge_page_swapin"] = ["mm", "swapped_in", "referenced", "ret"],
        ["mm_khugepaged_scan_file"] = ["mm", "scan_pfn", "filename", "present", "swap", "result"],
        ["mm_khugepaged_collapse_file"] = ["mm", "hpage_pfn", "index", "addr", "is_shmem", "filename", "nr", "result"],
        ["step"] = ["step"],
        ["undo"] = ["step"],
        ["range"] = ["mm", "addr", "result"],
    };

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void It_prints_the_steps_the_undo_the_result_and_what_was_before_and_after()
    {
        Copymc run = Copymc.Run("collapse", "poison_known_middle", "--by", "madvise").ExpectSuccess();
        Assert.Contains("EINVAL (COPY_MC)", run.Output);
        // Long lists are wrapped.
        string flat = string.Join(' ', run.Output.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        Assert.Contains("copy (256 of 512 pages)", flat);
        Assert.Contains("put the PMD back, release the pages, mmap_write_unlock, free the huge page", flat);
        Assert.Contains("before  after", run.Output);
        Assert.Contains("511 pages identical, byte for byte; 1 lost to poison; 0 changed.", run.Output);
        Assert.DoesNotContain('\u001b', run.Output);
    }

    [Fact]
    public void The_list_has_every_scenario()
    {
        Copymc run = Copymc.Run("collapse", "--list").ExpectSuccess();
        Assert.All(BuiltInScenarios.All, scenario => Assert.Contains($" {scenario.Name} ", run.Output));
    }

    [Fact]
    public void A_trace_speaks_the_kernels_words_one_object_a_line()
    {
        string path = _directory.File("trace.jsonl");
        Copymc.Run("collapse", "--all", "--by", "madvise", "--memory", "anonymous", "--trace", path).ExpectSuccess();
        Copymc shmem = Copymc.Run("collapse", "poison_known_first", "--memory", "shmem", "--trace", "-");
        Assert.Equal(0, shmem.ExitCode);
        Assert.Contains("COPY_MC", shmem.Error);
        var seen = new HashSet<string>();
        foreach (string line in (string[])[.. File.ReadAllLines(path), .. shmem.Output.TrimEnd().Split('\n')])
        {
            using JsonDocument json = JsonDocument.Parse(line);
            string name = json.RootElement.GetProperty("event").GetString()!;
            seen.Add(name);
            if (name != "scenario")
                Assert.Equal(s_events[name], json.RootElement.EnumerateObject().Skip(1).Select(field => field.Name));
        }
        Assert.Equal(s_events.Keys.Append("scenario").Order(), seen.Order());
        Assert.Contains("\"status\":\"copy_poisoned_page\"", File.ReadAllText(path));
        Assert.Contains("\"status\":\"ccgroup_charge_failed\"", File.ReadAllText(path));
    }

    [Fact]
    public void The_json_has_the_ranges_and_the_undo_order()
    {
        Copymc run = Copymc.Run("collapse", "poison_latent_last", "--by", "madvise", "--json", "-");
        Assert.Equal(0, run.ExitCode);
        using JsonDocument json = JsonDocument.Parse(run.Output);
        Assert.Equal("copymc/collapse/1", json.RootElement.GetProperty("schema").GetString());
        JsonElement scenario = json.RootElement.GetProperty("scenarios")[0];
        Assert.SkipWhen(scenario.GetProperty("skippedReason").ValueKind != JsonValueKind.Null, scenario.GetProperty("skippedReason").ToString());
        JsonElement collapse = scenario.GetProperty("collapses")[0];
        Assert.Equal("COPY_MC", collapse.GetProperty("result").GetString());
        Assert.Equal("EINVAL", collapse.GetProperty("errno").GetString());
        JsonElement range = collapse.GetProperty("ranges")[0];
        Assert.Equal(511, range.GetProperty("copiedPages").GetInt32());
        Assert.Equal("put the PMD back", range.GetProperty("undo")[0].GetString());
    }

    [Fact]
    public void The_shown_scenario_is_a_file_that_can_be_run() => Assert.Contains(
        "EXCEED_SHARED_PTE", Run("mine.json", Copymc.Run("collapse", "max_ptes_shared", "--show").ExpectSuccess().Output).ExpectSuccess().Output);

    [Fact]
    public void The_scenario_in_the_documentation_prints_what_stands_there()
    {
        string[] parts = File.ReadAllText(Path.Combine(RepositoryRoot.Path, "docs", "collapse.md")).Split("```json\n");
        Assert.Equal(2, parts.Length);
        Assert.Contains(Run("own.json", parts[1].Split("```")[0]).ExpectSuccess().Output.Trim(), parts[1]);
    }

    [Fact]
    public void Actions_between_the_steps_are_reported_with_their_time()
    {
        string output = Run("mine.json", """
            {
              "regions": [ { "pages": [ { "first": 0, "count": 512 } ] } ],
              "actions": [
                {
                  "do": "collapse", "by": "madvise",
                  "between": [
                    { "at": "allocate", "action": { "do": "write", "first": 3, "count": 1 } },
                    { "at": "copy", "page": 100, "action": { "do": "write", "first": 4, "count": 1 } },
                    { "at": "chargeHoles", "action": { "do": "fork" } }
                  ],
                  "expect": { "result": "SUCCEED", "errno": "0", "huge": 1, "lostPages": 0 }
                }
              ]
            }
            """).ExpectSuccess().Output;
        Assert.Contains("write before allocate: done", output);
        Assert.Contains("write before copy, page 100: waited for a lock until the end, then done", output);
        Assert.Contains("fork before chargeHoles: its moment never came", output);
    }

    [Fact]
    public void A_description_does_not_steer_the_terminal() => Assert.Equal(
        "red.json: \\u001b[31mred\n",
        Run("red.json", """{ "description": "\u001b[31mred", "regions": [{}], "actions": [] }""").ExpectSuccess().Output);

    [Fact]
    public void An_unexpected_end_is_reported_and_a_failure()
    {
        Copymc run = Run("wrong.json", """
            {
              "regions": [ { "advice": "noHugePage", "pages": [ { "first": 0 } ] } ],
              "actions": [ { "do": "collapse", "by": "madvise", "expect": { "result": "SUCCEED", "errno": "0", "huge": 1 } } ]
            }
            """);
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("FAILED: $.actions[0]: the result: expected SUCCEED, found VMA_CHECK", run.Output);
        Assert.Contains("FAILED: $.actions[0]: the errno: expected 0, found EINVAL", run.Output);
        Assert.Contains("FAILED: $.actions[0]: huge ranges: expected 1, found 0", run.Output);
    }

    [Fact]
    public void A_huge_page_has_zeros_past_the_end_of_a_file() => Assert.Contains(
        "512 pages identical, byte for byte; 0 lost to poison; 0 changed.",
        Run("short.json", """
            {
              "regions": [ { "memory": "shmem", "pages": [ { "first": 0, "count": 512 } ] } ],
              "actions": [
                { "do": "truncate", "lengthPages": 307 },
                { "do": "collapse", "by": "madvise", "expect": { "result": "SUCCEED", "huge": 1 } }
              ]
            }
            """).ExpectSuccess().Output);

    [Theory]
    [InlineData("", "One of SCENARIO, --list and --all is needed", "copymc collapse --help")]
    [InlineData("full --all", "One of SCENARIO")]
    [InlineData("full --memory hugetlb", "--memory", "anonymous, shmem, file", "'hugetlb'")]
    [InlineData("full --json - --trace -", "--json", "--trace")]
    [InlineData("ful", "'ful'", "'full'", "--list")]
    [InlineData("existing_thps --by khugepaged", "'existing_thps'", "madvise with shmem")]
    [InlineData("a.json --by madvise", "--by", "'a.json'")]
    [InlineData("a.json --show", "--show", "built-in", "'a.json' is a file")]
    [InlineData("--all --show", "--show", "name it")]
    public void A_command_line_that_is_not_valid(string arguments, params string[] mentions) =>
        Copymc.Run(["collapse", .. arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries)]).ExpectOneLineOfError(2, mentions);

    [Fact]
    public void A_file_that_is_not_there() => Copymc.Run("collapse", "/no/such/file.json").ExpectOneLineOfError(3, "/no/such/file.json");

    [Fact]
    public void A_mistake_in_a_file_is_told_with_its_place() =>
        Run("a.json", "{\n \"regions\": [{}],\n \"actions\": [{ \"do\": \"fork\", \"pid\": 1 }]\n}")
            .ExpectOneLineOfError(2, _directory.File("a.json"), "line 3", "$.actions[0].pid", "no 'pid' here");

    [Fact]
    public void The_help_does_not_list_the_names_that_completion_offers()
    {
        string help = Copymc.Run("--help").ExpectSuccess().Output;
        Assert.Contains("collapse <SCENARIO>", help);
        Assert.DoesNotContain("max_ptes_shared", help);
        Assert.Contains("max_ptes_shared", Copymc.Run("[suggest:19]", "copymc collapse max").ExpectSuccess().Output);
    }

    private Copymc Run(string name, string scenario) => Copymc.Run("collapse", _directory.Write(name, scenario));
}
