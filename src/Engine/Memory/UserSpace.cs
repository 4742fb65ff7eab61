using System.Runtime.InteropServices;

namespace CopyMc;

/// <summary>The addresses that a process can have; native/mce_stub/src/*/addresses.h has the same.</summary>
internal static class UserSpace
{
    private static readonly bool s_isArm64 = RuntimeInformation.ProcessArchitecture == Architecture.Arm64;

    /// <summary>The address after the last one: with five-level page tables on x86-64; on arm64 the bit that selects the kernel's half.</summary>
    private static readonly nuint s_end = (nuint)1 << (s_isArm64 ? 55 : 56);

    private static readonly nuint s_withoutTag = s_isArm64 ? nuint.MaxValue >> 8 : nuint.MaxValue;

    /// <summary>An address as the hardware uses it: arm64 ignores the top byte, where a tag may be (tagged-address-abi.rst).</summary>
    internal static nuint Untagged(nuint address) => address & s_withoutTag;

    /// <summary>Whether a range wraps around or reaches beyond user space.</summary>
    internal static bool IsLeftBy(nuint start, nuint length) => start >= s_end || length > s_end - start;
}
