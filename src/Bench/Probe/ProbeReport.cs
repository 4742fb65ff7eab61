using CopyMc.Bench.Documents;
using CopyMc.Bench.Results;

namespace CopyMc.Bench.Probe;

/// <summary>The result of <c>probe</c>: the machine, which is in the envelope.</summary>
internal sealed record ProbeReport : Result
{
    internal override void Write(Document document)
    {
    }
}
