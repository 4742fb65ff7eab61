using CopyMc.Contract.Maps;

namespace CopyMc.Engine.Tests.Poison;

/// <summary>Every implementation of poison maps passes tests/Contract/Maps/poison-maps.vectors. NativeStubTests runs the same vectors from C.</summary>
public sealed class MapVectorTests
{
    private static readonly IReadOnlyList<CopyEngine> s_engines = [.. CopyKernel.Available.Select(Engines.Of)];

    public static TheoryData<string, string> Cases()
    {
        var data = new TheoryData<string, string>();
        foreach (ITheoryDataRow registry in new EveryRegistry())
        {
            foreach (string name in MapVector.Cases.Keys.Order())
                data.Add(new TheoryDataRow<string, string>((string)registry.GetData()[0]!, name) { Skip = registry.Skip });
        }
        return data;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_case_gives_the_expected_answers(string registry, string name)
    {
        PoisonRegistry maps = EveryRegistry.Of(registry);
        using var run = new MapVectorRun(maps, ReferenceEquals(maps, PoisonRegistry.OfProcess) ? s_engines : []);
        foreach (MapVector vector in MapVector.Cases[name])
            run.Run(vector);
    }
}
