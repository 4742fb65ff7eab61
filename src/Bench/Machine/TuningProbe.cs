namespace CopyMc.Bench.Machine;

/// <summary>Describes how long copies are made here.</summary>
internal static class TuningProbe
{
    internal static TuningReport Run()
    {
        CopyTuning tuning = CopyTuning.Current;
        return new TuningReport(
            tuning.Source, tuning.ProfileProblem, tuning.Cpu, Bytes(tuning.StringCopyAbove), tuning.StringCopyDistance, tuning.LoopInHalves,
            Bytes(tuning.StreamsHintedFrom), Bytes(tuning.StreamsFrom), tuning.StreamingPrefetches, tuning.Kernel, tuning.StreamingKernel);
    }

    private static long? Bytes(nuint length) => length == nuint.MaxValue ? null : (long)length;
}
