using System.Runtime.InteropServices;
using System.Text.Unicode;

namespace CopyMc.Native;

/// <summary>A message in native memory, which is freed after its thread has ended.</summary>
internal sealed unsafe class ThreadMessage
{
    private const int Capacity = 1024;

    internal byte* Text { get; } = (byte*)NativeMemory.AllocZeroed(Capacity);

    /// <summary>Sets the message; one that is too long is cut between two characters.</summary>
    internal void Set(string text)
    {
        _ = Utf8.FromUtf16(text, new Span<byte>(Text, Capacity - 1), out _, out int written);
        Text[written] = 0;
    }

    ~ThreadMessage() => NativeMemory.Free(Text);
}
