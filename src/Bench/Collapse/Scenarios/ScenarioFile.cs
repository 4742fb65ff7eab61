using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using CopyMc.Bench.Commands;
using CopyMc.Bench.Results;
using CopyMc.Simulation;

namespace CopyMc.Bench.Collapse.Scenarios;

/// <summary>A scenario that somebody wrote, and where in it something stands.</summary>
internal sealed class ScenarioFile
{
    private readonly string _path;
    private readonly byte[] _content;

    private ScenarioFile(string path, byte[] content, KernelVersion? kernel)
    {
        _path = path;
        _content = content;
        try
        {
            Scenario = JsonSerializer.Deserialize(content, ScenarioJson.Default.CollapseScenario)
                ?? throw new InvalidInputException($"'{path}' holds no scenario.");
        }
        catch (JsonException error)
        {
            // The reader knows best where it got lost, the path where a value is that it could not use.
            bool isValue = error.InnerException is not JsonException && error.Path is { Length: > 1 };
            string place = isValue ? $"{JsonPlaces.LineOf(content, error.Path!)} at {error.Path}" : $"{error.LineNumber + 1}";
            throw new InvalidInputException($"'{path}', line {place}: {Describe(error)}");
        }
        if (kernel is not null)
            Scenario.Kernel = kernel;
        try
        {
            ScenarioCheck.Check(Scenario);
        }
        catch (ScenarioFault fault)
        {
            throw Invalid(fault);
        }
    }

    internal CollapseScenario Scenario { get; }

    /// <param name="path">The file.</param>
    /// <param name="kernel">The kernel that is modelled instead of the one that the file names.</param>
    /// <exception cref="InvalidInputException">It is no scenario, or one that makes no sense.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    internal static ScenarioFile Read(string path, KernelVersion? kernel = null) => new(path, WholeFile.ReadUtf8(path), kernel);

    internal InvalidInputException Invalid(ScenarioFault fault) =>
        new($"'{_path}', line {JsonPlaces.LineOf(_content, fault.Place)} at {fault.Place}: {fault.Message}");

    /// <summary>The serializer names .NET's types; here stand the words that are allowed.</summary>
    private static string Describe(JsonException error)
    {
        string name = error.Path is { } path ? LastMember(path) : "";
        if (error.Message.StartsWith("Duplicate", StringComparison.Ordinal))
            return $"'{name}' is there twice.";
        if (error.Message.Contains("could not be mapped to any .NET member", StringComparison.Ordinal)
            && TypeAt(error.Path!, parent: true) is { } owner)
        {
            string[] known = [.. owner.Properties.Select(property => property.Name)];
            string meant = Suggestion.Nearest(name, known) is { } nearest ? $"Did you mean '{nearest}'? " : "";
            return $"there is no '{name}' here. {meant}There are: {string.Join(", ", known)}.";
        }
        if (error.InnerException?.Message.Contains("UTF-16", StringComparison.Ordinal) == true)
            return "half of a surrogate pair is no character.";
        if (error.Message.Contains("null", StringComparison.Ordinal))
            return "null is nothing that belongs here.";
        int missing = error.Message.IndexOf("including: ", StringComparison.Ordinal);
        if (missing >= 0)
            return $"what must be there is missing: {FirstSentence(error.Message[(missing + 11)..])}";
        if (error.InnerException is not JsonException && error.Path is { } at && TypeAt(at, parent: false) is { Type: var type } info)
        {
            Type plain = Nullable.GetUnderlyingType(type) ?? type;
            if (plain == typeof(KernelVersion))
                return $"no kernel that is modelled has this name; there are \"{KernelName.Known.Replace(", ", "\", \"", StringComparison.Ordinal)}\".";
            if (plain == typeof(CopyMc.Collapse.CollapseResult))
                return "a result is the kernel's name, as in \"COPY_MC\".";
            if (plain.IsEnum)
                return $"it is one of {string.Join(", ", Enum.GetNames(plain).Select(JsonNamingPolicy.CamelCase.ConvertName))}.";
            if (plain == typeof(int) || plain == typeof(long))
                return $"it is a whole number from {(plain == typeof(int) ? int.MinValue : long.MinValue)} to {(plain == typeof(int) ? int.MaxValue : long.MaxValue)}.";
            return info.Kind switch
            {
                JsonTypeInfoKind.Object => "it is an object, as in { … }.",
                JsonTypeInfoKind.Enumerable => "it is a list, as in [ … ].",
                _ => plain == typeof(bool) ? "it is true or false." : "it is text, as in \"…\".",
            };
        }
        return FirstSentence(error.Message);
    }

    /// <summary>The reader writes names with special characters as in <c>$.machine['a.b']</c>.</summary>
    private static string LastMember(string path) => path.EndsWith("']", StringComparison.Ordinal)
        ? path[(path.IndexOf("['", StringComparison.Ordinal) + 2)..^2]
        : path[(path.LastIndexOf('.') + 1)..];

    /// <summary>What follows repeats the place.</summary>
    private static string FirstSentence(string message)
    {
        int end = message.IndexOf(". ", StringComparison.Ordinal);
        return end < 0 ? message : message[..(end + 1)];
    }

    /// <summary>What stands at a path, by the types alone.</summary>
    private static JsonTypeInfo? TypeAt(string path, bool parent)
    {
        // No name with special characters is known: it can only be the last.
        int quoted = path.IndexOf("['", StringComparison.Ordinal);
        string[] names = path[..(quoted < 0 ? path.Length : quoted)].Split('.')[1..];
        JsonTypeInfo? type = ScenarioJson.Default.CollapseScenario;
        foreach (string name in parent && quoted < 0 ? names.SkipLast(1) : names)
        {
            string member = name.Split('[')[0];
            Type? next = type?.Properties.FirstOrDefault(property => property.Name == member)?.PropertyType;
            type = next is null ? null : ScenarioJson.Default.GetTypeInfo(next);
            if (name.Contains('[') && type?.ElementType is { } element)
                type = ScenarioJson.Default.GetTypeInfo(element);
        }
        return type;
    }
}
