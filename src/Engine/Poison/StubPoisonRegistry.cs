namespace CopyMc;

/// <summary>The maps of the stub (poison_maps.c).</summary>
internal sealed class StubPoisonRegistry : PoisonRegistry
{
    internal override PoisonMarks Add(nuint start, nuint length) => new StubPoisonMarks(start, length);

    internal override void MarkEverywhere(nuint address, nuint length) => MceStub.MarkEverywhere(address, length);

    internal override nuint FirstPoisonedAddress(nuint address, nuint end) => MceStub.FirstPoisoned(address, end);
}
