using System.Numerics;
using System.Runtime.InteropServices;

namespace CopyMc.Native;

/// <summary>Checks and reads arguments from C.</summary>
internal static unsafe class Arguments
{
    /// <summary>The largest structure of options, as the kernel's <c>copy_struct_from_user</c> limits it.</summary>
    private const uint MostBytes = 4096;

    internal static StatusException Invalid(string argument, string reason) => new(Status.Invalid, $"{argument}: {reason}");

    /// <summary>Refuses a pointer that is null or not aligned for the values that it points to.</summary>
    internal static void Need<T>(T* pointer, string argument)
        where T : unmanaged
    {
        if (pointer == null)
            throw Invalid(argument, "the pointer is null.");
        NeedAligned(pointer, argument);
    }

    internal static void NeedAligned<T>(T* pointer, string argument)
        where T : unmanaged
    {
        nuint alignment = (nuint)AlignmentOf<T>.Value;
        if ((nuint)pointer % alignment != 0)
            throw Invalid(argument, $"the pointer is not a multiple of {alignment}.");
    }

    /// <summary>Refuses an array that is null with a count, misaligned, or beyond the address space.</summary>
    internal static void NeedArray<T>(T* pointer, nuint count, string argument, string countArgument = "capacity")
        where T : unmanaged
    {
        if (count == 0)
            return;
        Need(pointer, argument);
        if (count > (nuint)nint.MaxValue / (nuint)sizeof(T) || (nuint)pointer + count * (nuint)sizeof(T) < (nuint)pointer)
            throw Invalid(countArgument, $"{count} from {argument} on wrap around the address space.");
    }

    /// <summary>Refuses a range that reaches outside memory of a size. The arguments are <c>offset</c> and <c>length</c>.</summary>
    internal static void NeedRange(nuint offset, nuint length, nuint size)
    {
        if (offset > size)
            throw Invalid(nameof(offset), $"{offset} is beyond the end at {size}.");
        if (length > size - offset)
            throw Invalid(nameof(length), $"{length} bytes from {offset} on reach beyond the end at {size}.");
    }

    /// <summary>
    /// Reads a structure whose first member is its size in bytes. A shorter one is of an older program: the members that it lacks are zero. A
    /// longer one is of a newer program: what this library does not know must be zero.
    /// </summary>
    internal static T Read<T>(T* pointer, uint oldest, string argument)
        where T : unmanaged
    {
        NeedAligned(pointer, argument);
        uint size = SizeOf(pointer, oldest, argument);
        T value = default;
        new ReadOnlySpan<byte>(pointer, (int)uint.Min(size, (uint)sizeof(T))).CopyTo(new Span<byte>(&value, sizeof(T)));
        if (size > sizeof(T) && new ReadOnlySpan<byte>((byte*)pointer + sizeof(T), (int)size - sizeof(T)).ContainsAnyExcept((byte)0))
            throw Invalid(argument, $"it has members after the first {sizeof(T)} bytes that this version of the library does not know.");
        return value;
    }

    /// <summary>Writes a structure of results, as much of it as the program knows, and zeros for what only the program knows.</summary>
    internal static void Write<T>(T* pointer, uint size, T value)
        where T : unmanaged
    {
        int known = (int)uint.Min(size, (uint)sizeof(T));
        // The size stays as the program set it.
        new ReadOnlySpan<byte>(&value, known)[sizeof(uint)..].CopyTo(new Span<byte>((byte*)pointer + sizeof(uint), known - sizeof(uint)));
        new Span<byte>((byte*)pointer + known, (int)size - known).Clear();
    }

    internal static uint SizeOf<T>(T* pointer, uint oldest, string argument)
        where T : unmanaged
    {
        Need(pointer, argument);
        uint size = *(uint*)pointer;
        return size >= oldest && size <= MostBytes
            ? size : throw Invalid($"{argument}->size", $"{size} is not the size of the structure, which has at least {oldest} bytes.");
    }

    internal static void NeedZero(uint reserved, string argument)
    {
        if (reserved != 0)
            throw Invalid($"{argument}->reserved", $"{reserved} is not 0.");
    }

    internal static void NeedFlags(uint flags, uint known, string argument)
    {
        if ((flags & ~known) != 0)
            throw Invalid(argument, $"0x{flags & ~known:x} is no flag.");
    }

    internal static T Value<T>(int value, string argument)
        where T : struct, Enum
    {
        T converted = (T)Enum.ToObject(typeof(T), value);
        return Enum.IsDefined(converted) ? converted : throw Invalid(argument, $"{value} is no value of it.");
    }

    internal static bool Flag(int value, string argument) =>
        value is 0 or 1 ? value == 1 : throw Invalid(argument, $"{value} is neither 0 nor 1.");

    internal static T Less<T>(T value, T limit, string argument)
        where T : INumber<T> => value < limit ? value : throw Invalid(argument, $"{value} is not less than {limit}.");

    internal static string? Text(byte* text) => Marshal.PtrToStringUTF8((nint)text);

    private static class AlignmentOf<T>
        where T : unmanaged
    {
        internal static readonly int Value = sizeof(Pair) - sizeof(T);

        [StructLayout(LayoutKind.Sequential)]
        private struct Pair
        {
            internal byte First;
            internal T Second;
        }
    }
}
