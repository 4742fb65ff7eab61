using CopyMc.Contract;

namespace CopyMc.Guest.MachineChecks;

/// <summary>The promises about machine checks. They need x86-64, and tests/vm/Injector beside the guest.</summary>
internal static class InjectedMachineChecks
{
    internal static IReadOnlyList<Promise> Promises { get; } =
    [
        .. CopyMachineCheck.Promises,
        .. SecondMappingMachineCheck.Promises,
        // From here on the process gets early reports until it ends.
        .. PromiseList.Of<ActionOptional>(),
        .. CollapseMachineCheck.Promises,
    ];
}
