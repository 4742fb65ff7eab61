using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using CopyMc.Collapse;
using CopyMc.Simulation;

namespace CopyMc.Bench.Collapse.Scenarios;

/// <summary>Scenarios as JSON: names in camel case, no unknown member, none twice. Default values are not written.</summary>
internal static class ScenarioJson
{
    internal static JsonSerializerOptions Options { get; } = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        AllowDuplicateProperties = false,
        ReadCommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
        RespectNullableAnnotations = true,
        Converters =
        {
            Words(Enum.GetValues<MemoryKind>()), Words(Enum.GetValues<PageState>()), Words(Enum.GetValues<PoisonKind>()),
            Words(Enum.GetValues<ActionKind>()), Words(Enum.GetValues<CollapseMeans>()), Words(Enum.GetValues<CollapseStep>()),
            Words(Enum.GetValues<FailurePoint>()), Words(Enum.GetValues<ThpMode>()),
            Words([Protection.ReadWrite, Protection.Read, Protection.None]),
            new WordConverter<Advice>(
                [Advice.HugePage, Advice.NoHugePage, Advice.Normal], advice => advice == Advice.Normal ? "none" : Word.Of(advice)),
            new WordConverter<UserfaultfdModes>(
                [default, UserfaultfdModes.Missing, UserfaultfdModes.WriteProtect], modes => modes == default ? "none" : Word.Of(modes)),
            new WordConverter<Errno>([Errno.None, Errno.EAGAIN, Errno.ENOMEM, Errno.EBUSY, Errno.EINVAL], NameOf),
            new WordConverter<CollapseResult>(Enum.GetValues<CollapseResult>(), result => result.ToName()),
            new WordConverter<KernelVersion>(KernelVersion.All, kernel => kernel.Name),
        },
        TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { CheckBounds, OmitDefaults } },
    };

    /// <summary>As a scenario expects an errno and a report has it: success is 0.</summary>
    internal static string NameOf(Errno errno) => errno == Errno.None ? "0" : errno.ToString();

    private static WordConverter<T> Words<T>(T[] values)
        where T : struct, Enum => new(values, Word.Of);

    private static void CheckBounds(JsonTypeInfo type)
    {
        foreach (JsonPropertyInfo property in type.Properties)
        {
            if (property is { Set: { } set, AttributeProvider: { } member }
                && member.GetCustomAttributes(typeof(BoundsAttribute), inherit: false) is [BoundsAttribute bounds])
            {
                property.Set = (owner, value) =>
                {
                    if (value is not null && !bounds.Include(value))
                        throw new JsonException($"it is {bounds}, not {value}.");
                    set(owner, value);
                };
            }
        }
    }

    private static void OmitDefaults(JsonTypeInfo type)
    {
        if (type.Kind != JsonTypeInfoKind.Object || type.CreateObject?.Invoke() is not { } plain)
            return;
        foreach (JsonPropertyInfo property in type.Properties.Where(property => !property.IsRequired))
        {
            object? byDefault = property.Get!(plain);
            property.ShouldSerialize = (_, value) => !Equals(value, byDefault);
        }
    }
}
