using System.Runtime.CompilerServices;

namespace CopyMc.Native;

/// <summary>
/// The objects of the program by their handles: an index into a table in the low half, and in the high half how often its slot was used. No
/// handle is used twice: a slot whose count is used up is not used again.
/// </summary>
/// <remarks>
/// A lookup takes no lock. It reads the slot's handle before and after its object, because the object may be replaced meanwhile.
/// </remarks>
internal static class Handles
{
    private const int ChunkBits = 10, ChunkSize = 1 << ChunkBits, MostChunks = 4096;

    private static readonly Lock s_lock = new();
    private static readonly Stack<uint> s_free = new();
    private static uint s_count;

    internal static ulong Add(object target)
    {
        lock (s_lock)
        {
            if (!s_free.TryPop(out uint index))
            {
                if (s_count == ChunkSize * MostChunks)
                    throw new StatusException(Status.NoMemory, $"There are {s_count} live handles, and no room for more.");
                index = s_count;
                if (Table.Chunks[index >> ChunkBits] is null)
                    Volatile.Write(ref Table.Chunks[index >> ChunkBits], new Slot[ChunkSize]);
                s_count++;
            }
            ref Slot slot = ref Table.Chunks[index >> ChunkBits]![index & (ChunkSize - 1)];
            ulong handle = (ulong)++slot.Uses << 32 | index;
            Volatile.Write(ref slot.Target, target);
            Volatile.Write(ref slot.Handle, handle);
            return handle;
        }
    }

    /// <summary>Finds the object of a handle.</summary>
    /// <param name="handle">The handle.</param>
    /// <param name="argument">The name of the argument.</param>
    internal static T Get<T>(ulong handle, string argument)
        where T : class => Find(handle) as T ?? throw Unknown<T>(handle, argument);

    /// <summary>The object of a handle; null if the handle is not live.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static object? Find(ulong handle)
    {
        uint index = (uint)handle;
        if (index >> ChunkBits >= MostChunks || Volatile.Read(ref Table.Chunks[index >> ChunkBits]) is not { } chunk)
            return null;
        ref Slot slot = ref chunk[index & (ChunkSize - 1)];
        if (handle == 0 || Volatile.Read(ref slot.Handle) != handle)
            return null;
        object? target = Volatile.Read(ref slot.Target);
        return Volatile.Read(ref slot.Handle) == handle ? target : null;
    }

    /// <summary>Ends a handle. Of several calls for the same handle one returns true.</summary>
    internal static bool TryRemove(ulong handle)
    {
        lock (s_lock)
        {
            if (Find(handle) is null)
                return false;
            uint index = (uint)handle;
            ref Slot slot = ref Table.Chunks[index >> ChunkBits]![index & (ChunkSize - 1)];
            Volatile.Write(ref slot.Handle, 0);
            Volatile.Write(ref slot.Target, null);
            if (slot.Uses != uint.MaxValue)
                s_free.Push(index);
            return true;
        }
    }

    internal static StatusException Unknown(ulong handle, string argument) => new(
        Status.Handle,
        handle == 0 ? $"{argument}: the handle is 0." : $"{argument}: the handle 0x{handle:x} was destroyed or never made.");

    internal static StatusException Unknown<T>(ulong handle, string argument) => Find(handle) is { } other
        ? new StatusException(
            Status.Handle, $"{argument}: the handle 0x{handle:x} is that of {NameOf(other.GetType())}, not of {NameOf(typeof(T))}.")
        : Unknown(handle, argument);

    private static string NameOf(Type type) =>
        type == typeof(CopyEngine) ? "an engine"
        : type == typeof(Map) ? "a map"
        : type == typeof(Region) ? "a region"
        : type == typeof(Machine) ? "a machine"
        : type == typeof(Process) ? "a process"
        : type == typeof(MachineFile) ? "a file"
        : "a khugepaged";

    /// <summary>Apart, so that a lookup does not check whether the other fields are initialised.</summary>
    private static class Table
    {
        internal static readonly Slot[]?[] Chunks = new Slot[MostChunks][];
    }

    private struct Slot
    {
        internal ulong Handle;
        internal object? Target;
        internal uint Uses;
    }
}
