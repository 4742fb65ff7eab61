using System.Text.Json;
using System.Text.RegularExpressions;
using CopyMc.Bench.Commands;
using CopyMc.Bench.Results;
using CopyMc.Collapse;
using CopyMc.Simulation;

namespace CopyMc.Bench.Collapse.Scenarios;

/// <summary>Runs a scenario from a file. An error has its place: the line, and the path in the JSON.</summary>
internal static partial class ScenarioFile
{
    /// <summary>By a part of the name of the .NET type that was expected, the first that fits.</summary>
    private static readonly (string Type, string Expected)[] s_expected =
    [
        ("IReadOnlyList", "a list, as in [ … ]"), ("Int32", $"a whole number from {int.MinValue} to {int.MaxValue}"),
        ("Int64", $"a whole number from {long.MinValue} to {long.MaxValue}"), ("Boolean", "true or false"), ("String", "text, as in \"…\""),
        ("", "an object, as in { … }"),
    ];

    /// <param name="path">The file.</param>
    /// <param name="kernel">The kernel that is modelled instead of the one that the file names.</param>
    /// <param name="trace">Where events are written.</param>
    /// <exception cref="InvalidInputException">It is not a scenario, or one that cannot be.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    internal static ScenarioReport Run(string path, KernelVersion? kernel, CollapseTrace trace)
    {
        byte[] content = WholeFile.ReadUtf8(path);
        try
        {
            CollapseScenario scenario = JsonSerializer.Deserialize<CollapseScenario>(content, ScenarioJson.Options)
                ?? throw new ScenarioFault("$", "null is not a scenario.");
            scenario = scenario with { Kernel = kernel ?? scenario.Kernel };
            ScenarioCheck.Check(scenario);
            return ScenarioRun.Run(Path.GetFileName(path), scenario, trace);
        }
        catch (ScenarioFault fault)
        {
            int line = JsonPlaces.LineOf(content, fault.Place);
            throw new InvalidInputException($"'{path}', line {line} at {fault.Place}: {fault.Message}");
        }
        catch (JsonException error)
        {
            // The path leads to a value that is not allowed. The reader stops where the text is not JSON, and where a member comes again.
            bool hasPath = error.InnerException is not JsonException && error.Path is { Length: > 1 };
            bool isValue = hasPath && !error.Message.StartsWith("Duplicate", StringComparison.Ordinal);
            long line = isValue ? JsonPlaces.LineOf(content, error.Path!) : error.LineNumber!.Value + 1;
            throw new InvalidInputException($"'{path}', line {line}{(hasPath ? $" at {error.Path}" : "")}: {Describe(error)}");
        }
    }

    /// <summary>Says in the words of a scenario what the serializer says with the names of .NET's types.</summary>
    private static string Describe(JsonException error)
    {
        string message = error.Message;
        if (UnknownMember().Match(message) is { Success: true } unknown)
        {
            string name = unknown.Groups[1].Value;
            var owner = Type.GetType(unknown.Groups[2].Value)!;
            string[] known = [.. ScenarioJson.Options.GetTypeInfo(owner).Properties.Select(property => property.Name)];
            string meant = Suggestion.Nearest(name, known) is { } nearest ? $"Did you mean '{nearest}'? " : "";
            return $"there is no '{name}' here. {meant}There are: {string.Join(", ", known)}.";
        }
        if (DuplicateMember().Match(message) is { Success: true } duplicate)
            return $"'{duplicate.Groups[1].Value}' is there twice.";
        if (MissingMembers().Match(message) is { Success: true } missing)
            return $"required members are missing: {missing.Groups[1].Value}.";
        if (error.InnerException?.Message.Contains("UTF-16", StringComparison.Ordinal) == true)
            return "half of a surrogate pair is not a character.";
        if (WrongType().Match(message) is { Success: true } wrong)
            return $"it is {Array.Find(s_expected, one => wrong.Groups[1].Value.Contains(one.Type, StringComparison.Ordinal)).Expected}.";
        if (message.Contains("null", StringComparison.Ordinal))
            return ScenarioCheck.NoNull;
        // What follows repeats the place.
        int end = message.IndexOf(". ", StringComparison.Ordinal);
        return end < 0 ? message : message[..(end + 1)];
    }

    [GeneratedRegex(@"^The JSON property '(.*)' could not be mapped to any \.NET member contained in type '(.*)'\.")]
    private static partial Regex UnknownMember();

    [GeneratedRegex("^Duplicate property '(.*)' encountered")]
    private static partial Regex DuplicateMember();

    [GeneratedRegex(@"including: (.*?)\.( |$)")]
    private static partial Regex MissingMembers();

    [GeneratedRegex(@"^The JSON value could not be converted to (\S+)\.")]
    private static partial Regex WrongType();
}
