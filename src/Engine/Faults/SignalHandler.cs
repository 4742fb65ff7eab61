using System.Globalization;
using System.Runtime.InteropServices;

namespace CopyMc;

/// <summary>The function that gets a signal first.</summary>
/// <param name="Position">Where the handler of CopyMc stands.</param>
/// <param name="Function">
/// The function that the kernel calls, with its file: <c>on_crash in /usr/lib/libreporter.so</c>, or an offset where the function has no exported
/// name; <see langword="null"/> if there is none (SIG_DFL, SIG_IGN).
/// </param>
public sealed record SignalHandler(HandlerPosition Position, string? Function)
{
    internal static SignalHandler Of(int signal)
    {
        if (!MceStub.IsLoaded)
            return new SignalHandler(HandlerPosition.NotEnabled, null);
        HandlerRecord state = MceStub.HandlerState(signal);
        return new SignalHandler(state.Position, state.Function == 0 ? null : NameOf(state.Function));
    }

    private static unsafe string NameOf(nint function)
    {
        Libc.SymbolInfo info;
        if (Libc.FindSymbol((void*)function, &info) == 0)
            return "0x" + function.ToString("x", CultureInfo.InvariantCulture);
        string file = Marshal.PtrToStringUTF8((nint)info.FileName) ?? "";
        string name = info.SymbolName != null && info.SymbolAddress == (void*)function
            ? Marshal.PtrToStringUTF8((nint)info.SymbolName)!
            : "0x" + (function - (nint)info.FileBase).ToString("x", CultureInfo.InvariantCulture);
        return $"{name} in {file}";
    }
}
