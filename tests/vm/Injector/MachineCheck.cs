namespace CopyMc.Injector;

/// <summary>The registers of a machine check that software can recover from (Intel SDM volume 3, "Machine-check architecture").</summary>
/// <param name="Status">IA32_MCi_STATUS of the bank that found it.</param>
/// <param name="GlobalStatus">IA32_MCG_STATUS.</param>
internal sealed record MachineCheck(ulong Status, ulong GlobalStatus)
{
    /// <summary>SRAO: a patrol scrubber found the error before an access.</summary>
    internal static MachineCheck ActionOptional { get; } = new(0xbd00_0000_0000_00c0, 5);

    /// <summary>SRAR: a data load read the bad line.</summary>
    internal static MachineCheck ActionRequired { get; } = new(0xbd80_0000_0000_0134, 7);
}
