namespace CopyMc.Engine.Tests.Poison;

/// <summary>Every implementation of poison maps, by name: the stub's, and .NET's own where there is no stub.</summary>
public sealed class EveryRegistry : TheoryData<string>
{
    private const string Stub = "stub", Managed = "managed";

    /// <summary>Lists them.</summary>
    public EveryRegistry()
    {
        Add(new TheoryDataRow<string>(Stub) { Skip = FaultRecovery.UnsupportedReason });
        Add(Managed);
    }

    /// <summary>The registry of the process, which copies ask, if it is of that kind; else another.</summary>
    internal static PoisonRegistry Of(string name) =>
        name != Managed || PoisonRegistry.OfProcess is ManagedPoisonRegistry ? PoisonRegistry.OfProcess : new ManagedPoisonRegistry();
}
