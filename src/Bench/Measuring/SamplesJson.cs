using System.Text.Json.Serialization;

namespace CopyMc.Bench.Measuring;

/// <summary>The JSON between a measuring process and its starter.</summary>
[JsonSerializable(typeof(PointSamples[]))]
internal sealed partial class SamplesJson : JsonSerializerContext;
