using System.Net.Sockets;
using System.Text;

namespace CopyMc.Injector;

/// <summary>QEMU's monitor, of which one command is needed.</summary>
internal static class QemuMonitor
{
    private const string Prompt = "(qemu) ";

    // A bank that QEMU leaves free.
    private const int Bank = 9;

    // IA32_MCi_MISC: a physical address, exact to a page of 2^12 bytes (Intel SDM volume 3, "Machine-check architecture").
    private const int PageOfPhysicalAddress = 0x8c;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Raises a machine check on a CPU, and says so to the others, as Intel's machines do. A guest that stands still takes it as soon as it
    /// runs, before its next instruction.
    /// </summary>
    internal static void RaiseMachineCheck(string directory, int cpu, MachineCheck check, ulong physicalAddress)
    {
        using NetworkStream stream = QemuSocket.Connect(Path.Combine(directory, "monitor"), s_patience);
        ReadToPrompt(stream);
        string command = $"mce -b {cpu} {Bank} 0x{check.Status:x} 0x{check.GlobalStatus:x} 0x{physicalAddress:x} 0x{PageOfPhysicalAddress:x}";
        stream.Write(Encoding.ASCII.GetBytes(command + "\n"));
        // The monitor repeats what it hears, with control sequences; what a command has to say stands on lines of its own.
        string answer = string.Join(' ', ReadToPrompt(stream).Split('\n').Skip(1).SkipLast(1)).Trim();
        if (answer.Length != 0)
            throw new InvalidOperationException($"QEMU does not take '{command}': {answer}");
    }

    private static string ReadToPrompt(NetworkStream stream)
    {
        var text = new StringBuilder();
        while (text.Length < Prompt.Length || text.ToString(text.Length - Prompt.Length, Prompt.Length) != Prompt)
            text.Append(stream.ReadCharacter());
        return text.ToString();
    }
}
