using System.Text.Json.Serialization;

namespace CopyMc.Bench.Measuring;

/// <summary>What a process that measures a part tells the one that asked it; of no use to others.</summary>
[JsonSerializable(typeof(PointSamples[]))]
internal sealed partial class SamplesJson : JsonSerializerContext;
