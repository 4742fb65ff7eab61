using System.Text;
using CopyMc.Bench.Collapse.Scenarios;
using CopyMc.Bench.Results;
using CopyMc.Collapse;

namespace CopyMc.Bench.Tests.Collapse;

/// <summary>A file that is not valid: one line that names the file, the line, the place in the JSON, and what is wrong.</summary>
public sealed class BadScenarioTests
{
    [Theory]
    // Not a scenario.
    [InlineData("", "line 1", "")]
    [InlineData("[]", "line 1", "it is an object")]
    [InlineData("[[[[", "line 1", "it is an object")]
    [InlineData("{ }", "line 1", "required members are missing: 'regions', 'actions'")]
    [InlineData("{\n  'regions': [],\n  'actions': []\n}", "line 2 at $.regions", "no region")]
    [InlineData("{\n  'regions': [{}],\n  'actions': [],\n  'actions': []\n}", "line 4 at $.actions", "twice")]
    [InlineData("{\n  'regions': [{}, null],\n  'actions': []\n}", "line 2 at $.regions[1]", "null")]
    [InlineData("{\n  'regions': [{}],\n  'actions': [\n    null ]\n}", "line 4 at $.actions[0]", "null")]
    [InlineData("{\n  'regions': [{}],\n  'actions': null\n}", "line 3", "null")]
    [InlineData("{\n  'regions': [{}],\n  'actions': {}\n}", "line 3 at $.actions", "it is a list")]
    [InlineData("{\n  'regions': [{ 'private': 1 }],\n  'actions': []\n}", "line 2 at $.regions[0].private", "true or false")]
    [InlineData("{\n  'description': 1e999,\n  'regions': [{}],\n  'actions': []\n}", "line 2 at $.description", "it is text")]
    [InlineData("{\n  'description': '\\ud800',\n  'regions': [{}],\n  'actions': []\n}", "line 2 at $.description", "half of a surrogate pair")]
    [InlineData("{\n  '\\ud800': 1,\n  'regions': [{}],\n  'actions': []\n}", "line 2", "half of a surrogate pair")]
    [InlineData("{\n  'regions': 1,\n  'actions': [],\n  '\\ud800': 1\n}", "line 2 at $.regions", "it is a list")]
    [InlineData("{\n  'regions': [{}],\n  'actions': [ { 'do': 'fork' ]\n}", "line 3", "")]
    [InlineData("{\n  'regions': [{ 'memory': 'shmem',\n 'memory': 'file' }],\n  'actions': []\n}", "line 3 at $.regions[0].memory", "'memory' is there twice")]
    [InlineData("{\n  'regions': [{}],\n  'machine': { 'memoryMiB': 8,\n 'memoryMiB': 8 },\n  'actions': []\n}", "line 4 at $.machine.memoryMiB", "'memoryMiB' is there twice")]
    // Unknown members and words.
    [InlineData("{\n  'regions': [\n    { 'a.b': 1 }],\n  'actions': []\n}", "line 3 at $.regions[0]['a.b']", "no 'a.b' here")]
    [InlineData("{\n  'regions': [{}],\n  'x[0]': { 'c': 1 },\n  'actions': []\n}", "line 3 at $['x[0]']", "no 'x[0]' here")]
    [InlineData("{\n  'regions': [{}],\n  'it\\u0027s': 1,\n  'actions': []\n}", "line 3 at $['it's']", "no 'it's' here")]
    [InlineData("{\n  'regions': [\n    { 'memory': 'Shmem' }\n  ],\n  'actions': []\n}", "line 3 at $.regions[0].memory", "one of anonymous, shmem, file")]
    [InlineData("{\n  'regions': [\n    { 'memory': 'shmem, file' }\n  ],\n  'actions': []\n}", "line 3 at $.regions[0].memory", "one of anonymous, shmem, file")]
    [InlineData("{\n  'regions': [{}],\n  'actions': [],\n  'actoins': []\n}", "line 4 at $.actoins", "no 'actoins' here. Did you mean 'actions'?")]
    [InlineData("{\n  'regions': [\n    { 'memroy': 'shmem' }\n  ],\n  'actions': []\n}", "line 3 at $.regions[0].memroy", "Did you mean 'memory'?")]
    [InlineData("{\n  'regions': [\n    { 'memory': 'hugetlb' }\n  ],\n  'actions': []\n}", "line 3 at $.regions[0].memory", "one of anonymous, shmem, file")]
    [InlineData("{\n  'regions': [\n    { 'memory': 1 }\n  ],\n  'actions': []\n}", "line 3 at $.regions[0].memory", "one of anonymous, shmem, file")]
    [InlineData("{\n  'regions': [{}],\n  'actions': [\n    { 'do': 'colapse' }\n  ]\n}", "line 4 at $.actions[0].do", "collapse")]
    [InlineData("{\n  'regions': [{}],\n  'machine': { 'memoryMiB': 4.5 },\n  'actions': []\n}", "line 3 at $.machine.memoryMiB", "whole number")]
    [InlineData("{\n  'regions': [{}],\n  'machine': { 'memoryMiB': 4294967296 },\n  'actions': []\n}", "line 3 at $.machine.memoryMiB", "from -2147483648 to 2147483647")]
    [InlineData("{\n  'regions': [{}],\n  'machine': { 'limitPages': 1e999 },\n  'actions': []\n}", "line 3 at $.machine.limitPages", "to 9223372036854775807")]
    public void Not_a_scenario(string json, string place, string mention) => ExpectRefusal(json, place, mention);

    [Theory]
    // Outside.
    [InlineData("'address': '0x400000000001'", "$.regions[0].address", "first byte of a page")]
    [InlineData("'address': '0x3fffffe01000'", "$.regions[0].address", "outside")]
    [InlineData("'address': '0xffffffffffff0000'", "$.regions[0].address", "outside")]
    [InlineData("'address': '40000000'", "$.regions[0].address", "0x40000000")]
    [InlineData("'name': ''", "$.regions[0].name", "not empty")]
    [InlineData("'lengthPages': 0", "$.regions[0].lengthPages", "from 1")]
    [InlineData("'pages': [{ 'first': 512 }]", "$.regions[0].pages[0].first", "page 512 is outside")]
    [InlineData("'pages': [{ 'first': -1 }]", "$.regions[0].pages[0].first", "page -1 is outside")]
    [InlineData("'pages': [{ 'first': 0 }, { 'first': 510, 'count': 3 }]", "$.regions[0].pages[1].count", "3 pages from page 510 on are outside")]
    [InlineData("'pages': [{ 'first': 0, 'poison': 'known', 'line': 64 }]", "$.regions[0].pages[0].line", "0 to 63")]
    // Contradictions.
    [InlineData("'pages': [{ 'first': 0, 'state': 'absent', 'pinned': true }]", "$.regions[0].pages[0].pinned", "'absent'")]
    [InlineData("'pages': [{ 'first': 0, 'state': 'absent', 'locked': true }]", "$.regions[0].pages[0].locked", "'absent'")]
    [InlineData("'pages': [{ 'first': 0, 'state': 'swapped', 'poison': 'latent' }]", "$.regions[0].pages[0].poison", "'swapped'")]
    [InlineData("'pages': [{ 'first': 0, 'state': 'zero', 'poison': 'known' }]", "$.regions[0].pages[0].poison", "'zero'")]
    [InlineData("'pages': [{ 'first': 0, 'line': 3 }]", "$.regions[0].pages[0].line", "no poison")]
    [InlineData("'pages': [{ 'first': 0, 'handled': true }]", "$.regions[0].pages[0].handled", "no poison")]
    [InlineData("'pages': [{ 'first': 0, 'poison': 'known', 'handled': true, 'pinned': true }]", "$.regions[0].pages[0].handled", "pinned or locked")]
    [InlineData("'pages': [{ 'first': 0, 'state': 'cached' }]", "$.regions[0].pages[0].state", "anonymous memory is never 'cached'")]
    [InlineData("'memory': 'shmem', 'pages': [{ 'first': 0, 'state': 'zero' }]", "$.regions[0].pages[0].state", "shmem memory is never 'zero'")]
    [InlineData("'memory': 'file', 'pages': [{ 'first': 0, 'state': 'swapped' }]", "$.regions[0].pages[0].state", "never 'swapped'")]
    [InlineData("'memory': 'file', 'pages': [{ 'first': 0, 'shared': true }]", "$.regions[0].pages[0].shared", "anonymous")]
    [InlineData("'pages': [{ 'first': 0, 'fileSystemData': true }]", "$.regions[0].pages[0].fileSystemData", "regular files")]
    [InlineData("'pages': [{ 'first': 0, 'state': 'writeProtected' }]", "$.regions[0].pages[0].state", "writeProtect")]
    [InlineData("'pages': [{ 'first': 0, 'state': 'compound' }]", "$.regions[0].pages[0].state", "512")]
    [InlineData("'address': '0x3fffffe00000', 'pages': [{ 'first': 0, 'count': 512, 'state': 'compound' }]", "$.regions[0].pages[0].state", "without an address of its own")]
    [InlineData("'private': true", "$.regions[0].private", "always private")]
    [InlineData("'openForWrite': true", "$.regions[0].openForWrite", "regular file")]
    public void Not_a_region(string members, string path, string mention) =>
        ExpectRefusal($$"""{ "regions": [ { {{'\n'}}{{members}} } ], "actions": [] }""", $"line 2 at {path}", mention);

    [Theory]
    [InlineData("'do': 'collapse'", "$.actions[0]", "needs 'by'")]
    [InlineData("'do': 'collapse', 'by': 'madvise', 'limits': {}", "$.actions[0].limits", "only khugepaged")]
    [InlineData("'do': 'collapse', 'by': 'khugepaged', 'first': 0", "$.actions[0].first", "chooses")]
    [InlineData("'do': 'collapse', 'by': 'khugepaged', 'limits': { 'maxPtesNone': 512 }", "$.actions[0].limits.maxPtesNone", "0 to 511")]
    [InlineData("'do': 'collapse', 'by': 'khugepaged', 'expect': { 'errno': '0' }", "$.actions[0].expect.errno", "no errno")]
    [InlineData("'do': 'collapse', 'by': 'madvise', 'expect': { 'errno': 'EPERM' }", "$.actions[0].expect.errno", "EAGAIN")]
    [InlineData("'do': 'collapse', 'by': 'madvise', 'expect': { 'huge': -1 }", "$.actions[0].expect.huge", "from 0 on")]
    [InlineData("'do': 'collapse', 'by': 'madvise', 'expect': { 'lostPages': -3 }", "$.actions[0].expect.lostPages", "from 0 on")]
    [InlineData("'do': 'collapse', 'by': 'madvise', 'expect': { 'result': 'CopyMc' }", "$.actions[0].expect.result", "COPY_MC")]
    [InlineData("'do': 'collapse', 'by': 'madvise', 'between': [{ 'at': 'copying', 'action': { 'do': 'fork' } }]", "$.actions[0].between[0].at", "scan, allocate")]
    [InlineData("'do': 'collapse', 'by': 'madvise', 'between': [{ 'at': 'copy', 'action': { 'do': 'write', 'first': 600 } }]", "$.actions[0].between[0].action.first", "outside")]
    [InlineData("'do': 'collapse', 'by': 'madvise', 'between': [{ 'at': 'copy', 'action': { 'do': 'collapse' } }]", "$.actions[0].between[0].action.do", "between the steps")]
    [InlineData("'do': 'collapse', 'by': 'madvise', 'failures': [{ 'point': 'store', 'nth': 0 }]", "$.actions[0].failures[0].nth", "from 1 on")]
    [InlineData("'do': 'fork', 'page': 3", "$.actions[0].page", "means nothing to 'fork'")]
    [InlineData("'do': 'write', 'region': 'b'", "$.actions[0].region", "no region 'b'")]
    [InlineData("'do': 'poison'", "$.actions[0]", "needs 'page'")]
    [InlineData("'do': 'poison', 'page': 512", "$.actions[0].page", "outside")]
    [InlineData("'do': 'truncate', 'lengthPages': 0", "$.actions[0]", "anonymous")]
    [InlineData("'do': 'expect', 'expect': { 'result': 'FAIL' }", "$.actions[0].expect", "belong to a collapse")]
    // Only the run shows it.
    [InlineData("'do': 'write', 'process': 1", "$.actions[0].process", "no process 1")]
    public void Not_an_action(string members, string path, string mention) => ExpectRefusal(
        $$"""{ "regions": [ {} ], "actions": [ // A comment, and a comma too many.{{'\n'}} { {{'\n'}}{{members}} }, ] }""",
        path == "$.actions[0]" ? "line 2 at $.actions[0]:" : $"line 3 at {path}", mention);

    [Theory]
    [InlineData("[ { 'do': 'exit' },\n { 'do': 'fork' } ]", "line 2 at $.actions[1]")]
    [InlineData("[ { 'do': 'exit' },\n { 'do': 'write', 'process': 0 } ]", "line 2 at $.actions[1].process")]
    [InlineData("[ { 'do': 'exit' },\n { 'do': 'collapse', 'by': 'madvise' } ]", "line 2 at $.actions[1]")]
    [InlineData(
        "[ { 'do': 'collapse', 'by': 'madvise', 'between': [ { 'at': 'scan', 'action': { 'do': 'exit' } },\n { 'at': 'scan', 'action': { 'do': 'fork' } } ] } ]",
        "line 2 at $.actions[0].between[1].action")]
    public void Actions_of_a_process_that_has_exited(string actions, string place) => ExpectRefusal(
        $$"""{ "regions": [ { "pages": [ { "first": 0, "count": 512 } ] } ], "actions": {{actions}} }""", place, "process 0 has exited");

    [Theory]
    [InlineData("fork", "", 99, "at most 100 processes")]
    [InlineData("pin", ", 'page': 0", 65_534, "at most 65535 references")]
    public void More_than_can_be_counted(string kind, string members, int possible, string mention)
    {
        string actions = string.Join(",\n", Enumerable.Repeat($$"""{ "do": "{{kind}}"{{members}} }""", possible + 1));
        ExpectRefusal(
            $$"""{ "regions": [ { "pages": [ { "first": 0 } ] } ], "actions": [ {{actions}} ] }""", $"line {1 + possible} at $.actions[{possible}]", mention);
    }

    [Theory]
    [InlineData("{ 'memoryMiB':\n 2 }", "[ {} ]", "$.machine.memoryMiB", "from 4 to 16384")]
    [InlineData("{ 'memoryMiB':\n 5 }", "[ {} ]", "$.machine.memoryMiB", "whole huge pages")]
    [InlineData("{ 'limitPages':\n -1 }", "[ {} ]", "$.machine.limitPages", "from 0 on")]
    [InlineData("{ 'memoryMiB': 4 }", "[ { 'lengthPages': 2048, 'pages': [\n { 'first': 0, 'count': 2048 } ] } ]", "$.regions[0].pages[0]", "OutOfMemory")]
    [InlineData("{ 'swapPages': 1 }", "[ { 'pages':\n [ { 'first': 0, 'count': 2, 'state': 'swapped' } ] } ]", "$.regions[0].pages", "2 pages are swapped, and swap has 1")]
    [InlineData("{}", "[ { 'lengthPages': 32000 },\n { 'lengthPages': 769 } ]", "$.regions[1]", "at most 32768 pages together")]
    [InlineData("{}", "[ { 'name': 'one' },\n { 'name': 'one' } ]", "$.regions[1].name", "'one' before")]
    [InlineData("{}", "[\n { 'pages': [ { 'first': 0, 'count': 512, 'state': 'compound' } ] }, {} ]", "$.regions[0].pages[0]", "8 MiB behind the region must be free")]
    [InlineData("{}", "[ { 'address': '0x3fffff9ff000', 'lengthPages': 1 },\n { 'pages': [ { 'first': 0, 'count': 512, 'state': 'compound' } ] } ]", "$.regions[1].pages[0]", "8 MiB behind the region must be free")]
    [InlineData("{}", "[ { 'address': '0x3fffffffe000', 'lengthPages': 1 },\n {} ]", "$.regions[1].address", "cannot be mapped: ENOMEM")]
    public void More_than_the_machine_has(string machine, string regions, string place, string mention) => ExpectRefusal(
        $$"""{ "machine": {{machine}}, "regions": {{regions}}, "actions": [] }""", $"line 2 at {place}", mention);

    [Theory]
    [InlineData("{\n  '\u00ff': 1,\n  'regions': [{}],\n  'actions': []\n}")]
    [InlineData("{\n  'regions': [{ '\u00ff': 1 }],\n  'actions': []\n}")]
    [InlineData("{\n  'description': '\u00ff',\n  'regions': [{}],\n  'actions': []\n}")]
    public void Not_UTF_8(string latin1) => ExpectRefusal(latin1, "line 2", "not UTF-8", Encoding.Latin1);

    [Theory]
    [InlineData("description", 70)]
    [InlineData("x", 100_000)]
    public void Nested_too_deep(string member, int depth) => ExpectRefusal(
        $"{{\n  '{member}': {new string('[', depth)}{new string(']', depth)}\n}}", $"line 2 at $.{member}", "");

    /// <param name="json">The scenario; ' stands for ".</param>
    /// <param name="place">The line, and the path if there is one.</param>
    /// <param name="mention">A part of what is wrong.</param>
    /// <param name="encoding">If it is not UTF-8.</param>
    private static void ExpectRefusal(string json, string place, string mention, Encoding? encoding = null)
    {
        using var directory = new TemporaryDirectory();
        string path = directory.Write("bad.json", (encoding ?? Encoding.UTF8).GetBytes(json.Replace('\'', '"')));
        string message = Assert.Throws<InvalidInputException>(() => ScenarioFile.Run(path, kernel: null, new CollapseTrace())).Message;
        Assert.StartsWith($"'{path}', {place}", message);
        Assert.Contains(mention, message);
        Assert.DoesNotContain("CopyMc.", message);
        Assert.DoesNotContain("\n", message);
    }
}
