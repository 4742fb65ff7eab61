using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using CopyMc.Contract;

namespace CopyMc.Guest.MachineChecks;

/// <summary>
/// Sends requests over the second serial port to the program beside QEMU that raises machine checks in this guest. tests/vm/Injector documents
/// the requests and answers.
/// </summary>
internal static unsafe partial class Injector
{
    private const string PortPath = "/dev/ttyS1";

    // More bytes than struct termios has on any architecture; TCSANOW.
    private const int TerminalSettingsSize = 256, Now = 0;

    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(60);

    private static readonly Lazy<FileStream> s_port = new(Open);

    // Once an answer is late, it would be taken for the answer to the next request.
    private static string? s_lost;

    /// <summary>Reports poison in a page before an access (SRAO).</summary>
    internal static void RaiseActionOptional(void* page) => _ = Ask($"optional {Physical.AddressOf(page):x}", "raised");

    /// <summary>
    /// Arms a machine check (SRAR) for the first copy by a function (destination, source, bytes) that reads a byte. It is raised at the load of
    /// that byte.
    /// </summary>
    /// <param name="function">The address of the function.</param>
    /// <param name="address">The virtual address of the byte, as the function reads it.</param>
    /// <param name="physical">The byte's physical address.</param>
    internal static void ArmActionRequired(nuint function, nuint address, ulong physical) => _ = Ask($"required {function:x} {address:x} {physical:x}", "armed");

    /// <summary>As <see cref="ArmActionRequired"/>, for a function (destination, source) that always copies a page.</summary>
    internal static void ArmPageCopy(nuint function, nuint address, ulong physical) => _ = Ask($"page {function:x} {address:x} {physical:x}", "armed");

    /// <summary>Waits for the machine check. Returns the address of the load, and the copy's source pointer.</summary>
    internal static (nuint Instruction, nuint Source) AwaitMachineCheck()
    {
        string[] words = Hear("struck");
        return (Number(words[0]), Number(words[1]));
    }

    /// <summary>Reads a word of the kernel's memory.</summary>
    internal static nuint ReadKernel(nuint address) => Number(Ask($"read {address:x}", "value")[0]);

    private static string[] Ask(string request, string expected)
    {
        if (s_lost is not null)
            Require.Fail(s_lost);
        s_port.Value.Write(Encoding.ASCII.GetBytes(request + "\n"));
        return Hear(expected);
    }

    private static string[] Hear(string expected)
    {
        Task<string> line = Task.Run(ReadLine);
        if (!line.Wait(s_timeout))
            Require.Fail(s_lost = $"the injector did not answer '{expected}' within {s_timeout.TotalSeconds} s");
        string[] words = line.Result.Split(' ');
        if (words[0] != expected)
            Require.Fail($"the injector answered '{line.Result}' instead of '{expected}'");
        return words[1..];
    }

    private static string ReadLine()
    {
        var line = new StringBuilder();
        for (int next = s_port.Value.ReadByte(); next != '\n'; next = s_port.Value.ReadByte())
            line.Append((char)next);
        return line.ToString();
    }

    private static nuint Number(string text) => nuint.Parse(text, NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    /// <summary>Opens the port in raw mode, without echo.</summary>
    private static FileStream Open()
    {
        var port = new FileStream(PortPath, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite, bufferSize: 0);
        byte* settings = stackalloc byte[TerminalSettingsSize];
        int descriptor = (int)port.SafeFileHandle.DangerousGetHandle();
        if (GetTerminalSettings(descriptor, settings) != 0)
            throw new IOException($"{PortPath}: {Marshal.GetLastPInvokeErrorMessage()}");
        MakeRaw(settings);
        if (SetTerminalSettings(descriptor, Now, settings) != 0)
            throw new IOException($"{PortPath}: {Marshal.GetLastPInvokeErrorMessage()}");
        return port;
    }

    [LibraryImport("libc", EntryPoint = "tcgetattr", SetLastError = true)]
    private static partial int GetTerminalSettings(int descriptor, byte* settings);

    [LibraryImport("libc", EntryPoint = "tcsetattr", SetLastError = true)]
    private static partial int SetTerminalSettings(int descriptor, int when, byte* settings);

    [LibraryImport("libc", EntryPoint = "cfmakeraw")]
    private static partial void MakeRaw(byte* settings);
}
