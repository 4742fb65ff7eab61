namespace CopyMc.Engine.Tests.Diagnostics;

/// <summary>An event that a listener received.</summary>
internal sealed record HeardEvent(string Name, long Thread, Dictionary<string, object?> Payload)
{
    internal bool Has(string name, object value) => Payload.TryGetValue(name, out object? found) && value.Equals(found);
}
