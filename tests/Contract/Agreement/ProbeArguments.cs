namespace CopyMc.Contract.Agreement;

/// <summary>A state in the words of native/collapse_probe: what is not said is as usual.</summary>
internal static class ProbeArguments
{
    internal static IEnumerable<string> Of(CollapseState state)
    {
        var usual = new CollapseState("", CollapseMemory.Anonymous);
        if (state.Memory != usual.Memory)
            yield return $"memory={ProbeWord.Of(state.Memory)}";
        foreach ((string name, PageRange range, PageRange usually) in (IEnumerable<(string, PageRange, PageRange)>)
                 [
                     ("mapping", state.Mapping, usual.Mapping),
                     ("call", state.Call, usual.Call),
                     ("gap", state.Gap, usual.Gap),
                     ("rewritten", state.Rewritten, usual.Rewritten),
                     ("pinned", state.Pinned, usual.Pinned),
                     ("alsoMapped", state.AlsoMapped, usual.AlsoMapped),
                     ("locked", state.Locked, usual.Locked),
                 ])
        {
            if (range != usually)
                yield return $"{name}={range}";
        }
        if (state.FileOffset != usual.FileOffset)
            yield return $"fileOffset={state.FileOffset}";
        if (state.FilePages is int pages)
            yield return $"filePages={pages}";
        if (state.Advice != usual.Advice)
            yield return $"advice={ProbeWord.Of(state.Advice)}";
        if (state.Protection != usual.Protection)
            yield return $"protection={ProbeWord.Of(state.Protection)}";
        if (state.Userfaultfd != usual.Userfaultfd)
            yield return $"userfaultfd={ProbeWord.Of(state.Userfaultfd)}";
        if (state.Fork != usual.Fork)
            yield return $"fork={ProbeWord.Of(state.Fork)}";
        if (state.ThpDisabled)
            yield return "thpDisabled=true";
        if (state.ChargeDenied)
            yield return "chargeDenied=true";
        foreach (PageRun run in state.Pages)
            yield return $"pages={run}";
    }
}
