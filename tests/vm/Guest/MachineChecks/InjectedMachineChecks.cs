using CopyMc.Contract;

namespace CopyMc.Guest.MachineChecks;

/// <summary>What machine checks put to the test. x86-64 only, and only beside tests/vm/Injector.</summary>
internal static class InjectedMachineChecks
{
    internal static IReadOnlyList<Promise> Promises { get; } =
    [
        .. StruckCopy.Promises,
        .. StruckMirror.Promises,
        // From here on the process asks for early reports, for good.
        .. Promised.By<ActionOptional>(),
        .. StruckCollapse.Promises,
    ];
}
