using System.CommandLine;
using CopyMc.Bench.Results;

namespace CopyMc.Bench.Commands;

/// <summary><c>copymc schema</c>: the JSON Schema of all results.</summary>
internal static class SchemaCommand
{
    internal static Command Create(HelpWithExamples help)
    {
        var schema = new Command("schema", "Prints the JSON Schema of everything that --json writes.");
        help.Add(schema, "copymc schema > results.schema.json");
        schema.SetAction(_ =>
        {
            Console.Out.Write(ResultSchemaText.Write());
            return ExitCode.Success;
        });
        return schema;
    }
}
