using System.Text.Json;
using CopyMc.Bench.Collapse.BuiltIn;

namespace CopyMc.Bench.Tests.Collapse;

/// <summary><c>copymc collapse</c> as a user calls it.</summary>
public sealed class CollapseCommandTests
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
        using var directory = new TemporaryDirectory();
        string path = directory.File("trace.jsonl");
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
    public void What_is_shown_is_a_file_that_can_be_run()
    {
        using var directory = new TemporaryDirectory();
        string path = directory.File("mine.json");
        File.WriteAllText(path, Copymc.Run("collapse", "max_ptes_shared", "--show").ExpectSuccess().Output);
        Assert.Contains("EXCEED_SHARED_PTE", Copymc.Run("collapse", path).ExpectSuccess().Output);
    }

    [Fact]
    public void The_scenario_in_the_documentation_runs_as_it_says()
    {
        string[] parts = File.ReadAllText(Path.Combine(RepositoryRoot.Path, "docs", "collapse.md")).Split("```json\n");
        Assert.Equal(2, parts.Length);
        using var directory = new TemporaryDirectory();
        string path = directory.File("own.json");
        File.WriteAllText(path, parts[1].Split("```")[0]);
        Copymc run = Copymc.Run("collapse", path).ExpectSuccess();
        // And what it printed is what stands there.
        Assert.Contains(run.Output.Trim(), parts[1]);
    }

    [Fact]
    public void What_happens_between_the_steps_is_told_with_when()
    {
        using var directory = new TemporaryDirectory();
        string path = directory.File("mine.json");
        File.WriteAllText(path, """
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
            """);
        Copymc run = Copymc.Run("collapse", path).ExpectSuccess();
        Assert.Contains("write before allocate: done", run.Output);
        Assert.Contains("write before copy, page 100: waited for a lock until the end, then done", run.Output);
        Assert.Contains("fork before chargeHoles: its moment never came", run.Output);
    }

    [Fact]
    public void A_description_does_not_steer_the_terminal()
    {
        using var directory = new TemporaryDirectory();
        string path = directory.File("red.json");
        File.WriteAllText(path, """{ "description": "\u001b[31mred", "regions": [{}], "actions": [] }""");
        Assert.Equal("red.json: \\u001b[31mred\n", Copymc.Run("collapse", path).ExpectSuccess().Output);
    }

    [Fact]
    public void What_is_not_as_expected_is_told_and_is_a_failure()
    {
        using var directory = new TemporaryDirectory();
        string path = directory.File("wrong.json");
        File.WriteAllText(path, """
            {
              "regions": [ { "advice": "noHugePage", "pages": [ { "first": 0 } ] } ],
              "actions": [ { "do": "collapse", "by": "madvise", "expect": { "result": "SUCCEED", "errno": "0", "huge": 1 } } ]
            }
            """);
        Copymc run = Copymc.Run("collapse", path);
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("FAILED: $.actions[0]: the result: expected SUCCEED, found VMA_CHECK", run.Output);
        Assert.Contains("FAILED: $.actions[0]: the errno: expected 0, found EINVAL", run.Output);
        Assert.Contains("FAILED: $.actions[0]: huge ranges: expected 1, found 0", run.Output);
    }

    [Fact]
    public void An_unknown_name_suggests_another() => Copymc.Run("collapse", "ful").ExpectOneLineOfError(2, "'ful'", "'full'", "--list");

    [Fact]
    public void A_scenario_that_is_not_for_that_says_what_it_is_for() =>
        Copymc.Run("collapse", "existing_thps", "--by", "khugepaged").ExpectOneLineOfError(2, "'existing_thps'", "madvise with shmem");

    [Fact]
    public void Nothing_to_do() => Copymc.Run("collapse").ExpectOneLineOfError(2, "SCENARIO, --list", "copymc collapse --help");

    [Fact]
    public void Two_things_to_do() => Copymc.Run("collapse", "full", "--all").ExpectOneLineOfError(2, "One of SCENARIO");

    [Fact]
    public void A_kind_of_memory_that_there_is_not() =>
        Copymc.Run("collapse", "full", "--memory", "hugetlb").ExpectOneLineOfError(2, "--memory", "anonymous, shmem, file");

    [Fact]
    public void A_file_says_itself_who_collapses_what()
    {
        using var directory = new TemporaryDirectory();
        Copymc.Run("collapse", directory.Write("a.json", "{}"u8.ToArray()), "--by", "madvise").ExpectOneLineOfError(2, "--by", "a.json");
    }

    [Fact]
    public void Both_on_the_standard_output() =>
        Copymc.Run("collapse", "full", "--json", "-", "--trace", "-").ExpectOneLineOfError(2, "--json", "--trace");

    [Fact]
    public void A_file_that_is_not_there() => Copymc.Run("collapse", "/no/such/file.json").ExpectOneLineOfError(3, "/no/such/file.json");

    [Fact]
    public void The_help_does_not_list_what_completion_offers()
    {
        string help = Copymc.Run("--help").ExpectSuccess().Output;
        Assert.Contains("collapse <SCENARIO>", help);
        Assert.DoesNotContain("max_ptes_shared", help);
        Assert.Contains("max_ptes_shared", Copymc.Run("[suggest:19]", "copymc collapse max").ExpectSuccess().Output);
    }

    [Fact]
    public void Only_a_built_in_scenario_is_shown()
    {
        using var directory = new TemporaryDirectory();
        Copymc.Run("collapse", directory.Write("a.json", "{}"u8.ToArray()), "--show").ExpectOneLineOfError(2, "--show", "built-in", "a.json' is a file");
    }

    [Fact]
    public void What_is_past_a_files_end_is_zeros_in_the_huge_page()
    {
        using var directory = new TemporaryDirectory();
        Copymc run = Copymc.Run("collapse", directory.Write("short.json", """
            {
              "regions": [ { "memory": "shmem", "pages": [ { "first": 0, "count": 512 } ] } ],
              "actions": [
                { "do": "truncate", "lengthPages": 307 },
                { "do": "collapse", "by": "madvise", "expect": { "result": "SUCCEED", "huge": 1 } }
              ]
            }
            """u8.ToArray())).ExpectSuccess();
        Assert.Contains("512 pages identical, byte for byte; 0 lost to poison; 0 changed.", run.Output);
    }

    [Fact]
    public void A_file_with_a_mistake_names_the_place()
    {
        using var directory = new TemporaryDirectory();
        string path = directory.Write("a.json", "{\n \"regions\": [{}],\n \"actions\": [{ \"do\": \"fork\", \"pid\": 1 }]\n}"u8.ToArray());
        Copymc.Run("collapse", path).ExpectOneLineOfError(2, path, "line 3", "$.actions[0].pid", "no 'pid' here");
    }
}
