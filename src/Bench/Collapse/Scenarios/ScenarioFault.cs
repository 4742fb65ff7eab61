namespace CopyMc.Bench.Collapse.Scenarios;

/// <summary>A part of a scenario is not valid. The message does not name the place.</summary>
/// <param name="place">The JSON path, as in <c>$.regions[0].pages[2]</c>.</param>
/// <param name="message">What is wrong there.</param>
internal sealed class ScenarioFault(string place, string message) : Exception(message)
{
    internal string Place { get; } = place;
}
