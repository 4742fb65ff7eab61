using System.Reflection;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Xml.Linq;
using CopyMc.Bench.Results;

namespace CopyMc.Bench.Tests.Results;

/// <summary>The JSON schemas of the results, with what the code's documentation says of each member.</summary>
internal static class JsonSchemas
{
    private static readonly JsonSerializerOptions s_readable = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly Dictionary<string, string> s_documentation = XDocument
        .Load(Path.ChangeExtension(typeof(ResultSchema).Assembly.Location, ".xml"))
        .Descendants("member")
        .Where(member => member.Element("summary") is not null)
        .ToDictionary(member => member.Attribute("name")!.Value, member => Flat(member.Element("summary")!));

    internal static string Of(ResultSchema schema)
    {
        var options = new JsonSchemaExporterOptions { TreatNullObliviousAsNonNullable = true, TransformSchemaNode = AddDescription };
        JsonNode exported = schema.Type.GetJsonSchemaAsNode(options);
        var root = new JsonObject { ["$schema"] = "https://json-schema.org/draft/2020-12/schema", ["title"] = schema.Name };
        foreach ((string name, JsonNode? value) in exported.AsObject().ToArray())
        {
            exported.AsObject().Remove(name);
            root[name] = value;
        }
        root["properties"]!["schema"] = new JsonObject { ["const"] = schema.Name };
        return root.ToJsonString(s_readable) + "\n";
    }

    private static JsonNode AddDescription(JsonSchemaExporterContext context, JsonNode node)
    {
        string? name = context.PropertyInfo is { } property
            ? $"P:{property.DeclaringType.FullName!.Replace('+', '.')}.{MemberName(property.AttributeProvider)}"
            : $"T:{context.TypeInfo.Type.FullName}";
        if (node is JsonObject schema && s_documentation.TryGetValue(name, out string? text))
            schema.Insert(0, "description", text);
        return node;
    }

    private static string MemberName(ICustomAttributeProvider? provider) => (provider as MemberInfo)?.Name ?? "";

    private static string Flat(XElement element)
    {
        foreach (XElement reference in element.Descendants("see").ToArray())
            reference.ReplaceWith(reference.Attribute("cref")!.Value.Split('.')[^1]);
        return string.Join(' ', element.Value.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
    }
}
