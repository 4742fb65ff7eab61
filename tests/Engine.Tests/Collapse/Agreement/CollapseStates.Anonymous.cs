using static CopyMc.Engine.Tests.Collapse.Agreement.CollapseExpectation;
using static CopyMc.Engine.Tests.Collapse.Agreement.CollapseMemory;
using static CopyMc.Engine.Tests.Collapse.Agreement.PageState;

namespace CopyMc.Engine.Tests.Collapse.Agreement;

public static partial class CollapseStates
{
    private static IEnumerable<CollapseState> Anonymous =>
    [
        new("anonymous full", CollapseMemory.Anonymous) { Pages = [Whole(Present)] },
        new("anonymous empty", CollapseMemory.Anonymous) { Expected = Invalid },
        new("anonymous single_pte_entry", CollapseMemory.Anonymous) { Pages = [One(0, Present)] },
        new("anonymous max_ptes_none", CollapseMemory.Anonymous) { Pages = [Run(0, 255, Present)] },
        new("anonymous single_pte_entry_compound", CollapseMemory.Anonymous) { Pages = [One(0, Compound), Run(1, 511, Dropped)] },
        new("anonymous full_of_compound", CollapseMemory.Anonymous) { Pages = [Whole(Compound)] },
        new("anonymous fork", CollapseMemory.Anonymous) { Pages = [One(0, Present)], Fork = ForkCaller.Child, Rewritten = new(1, 1) },
        new("anonymous poison in the first page", CollapseMemory.Anonymous) { Pages = [Whole(Present), One(0, Poisoned)], Expected = Invalid },
        new("anonymous pinned page", CollapseMemory.Anonymous) { Pages = [Whole(Present)], Pinned = new(9, 1), Expected = TryAgain },
        new("anonymous NOHUGEPAGE", CollapseMemory.Anonymous) { Pages = [Whole(Present)], Advice = MappingAdvice.NoHuge, Expected = Invalid },
    ];
}
