using System.Reflection;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Xml.Linq;

namespace CopyMc.Bench.Results;

/// <summary>The JSON Schema of all results, from the types and their XML documentation. Every type is defined once, under <c>$defs</c>.</summary>
internal sealed class ResultSchemaText
{
    private static readonly JsonSerializerOptions s_readable = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly SortedDictionary<string, JsonNode> _definitions = new(StringComparer.Ordinal);

    private readonly Dictionary<string, string> _documentation = XDocument
        .Load(Path.ChangeExtension(typeof(ResultSchemaText).Assembly.Location, ".xml"))
        .Descendants("member")
        .Where(member => member.Element("summary") is not null)
        .ToDictionary(member => member.Attribute("name")!.Value, member => Flat(member.Element("summary")!));

    private ResultSchemaText()
    {
    }

    internal static string Write()
    {
        var text = new ResultSchemaText();
        JsonNode[] kinds = [.. ResultSchema.All.Select(text.Define)];
        var root = new JsonObject
        {
            ["$schema"] = "https://json-schema.org/draft/2020-12/schema",
            ["title"] = "Results of copymc",
            ["oneOf"] = new JsonArray(kinds),
            ["$defs"] = new JsonObject(text._definitions.Select(one => KeyValuePair.Create(one.Key, (JsonNode?)one.Value))),
        };
        return root.ToJsonString(s_readable) + "\n";
    }

    private JsonNode Define(ResultSchema schema)
    {
        var options = new JsonSchemaExporterOptions { TreatNullObliviousAsNonNullable = true, TransformSchemaNode = Transform };
        JsonNode reference = ReportJson.Options.GetJsonSchemaAsNode(schema.Type, options);
        _definitions[schema.Type.Name]["properties"]!["schema"] = new JsonObject { ["const"] = schema.Name };
        return reference;
    }

    private JsonNode Transform(JsonSchemaExporterContext context, JsonNode node)
    {
        if (node is not JsonObject schema)
            return node;
        Type type = Nullable.GetUnderlyingType(context.TypeInfo.Type) ?? context.TypeInfo.Type;
        bool isOurs = type.Namespace?.StartsWith(nameof(CopyMc), StringComparison.Ordinal) == true;
        if (isOurs)
            schema = Refer(type, schema);
        if (context.PropertyInfo is { } property
            && Documentation($"P:{property.DeclaringType.FullName}.{(property.AttributeProvider as MemberInfo)?.Name}") is { } text)
        {
            schema.Insert(0, "description", text);
        }
        return schema;
    }

    /// <summary>Moves a type's schema to the definitions and returns a reference to it.</summary>
    private JsonObject Refer(Type type, JsonObject schema)
    {
        JsonObject Reference() => new() { ["$ref"] = $"#/$defs/{type.Name}" };
        // The exporter refers to a type that it has met before by its place there, which is not where the definition is.
        if (schema.ContainsKey("$ref") && _definitions.ContainsKey(type.Name))
            return Reference();
        bool isNullable = false;
        if (schema["type"] is JsonArray types)
        {
            isNullable = types.Any(one => one!.GetValue<string>() == "null");
            schema["type"] = types.Select(one => one!.GetValue<string>()).First(one => one != "null");
        }
        if (schema["enum"] is JsonArray values && values.Any(one => one is null))
        {
            isNullable = true;
            schema["enum"] = new JsonArray([.. values.Where(one => one is not null).Select(one => one!.DeepClone())]);
        }
        if (Documentation($"T:{type.FullName}") is { } text)
            schema.Insert(0, "description", text);
        _definitions[type.Name] = schema;
        return isNullable ? new JsonObject { ["anyOf"] = new JsonArray(Reference(), new JsonObject { ["type"] = "null" }) } : Reference();
    }

    private string? Documentation(string member) => _documentation.GetValueOrDefault(member.Replace('+', '.'));

    private static string Flat(XElement element)
    {
        foreach (XElement reference in element.Descendants("see").ToArray())
            reference.ReplaceWith((reference.Attribute("cref") ?? reference.Attribute("langword"))!.Value.Split('.')[^1]);
        return string.Join(' ', element.Value.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
    }
}
