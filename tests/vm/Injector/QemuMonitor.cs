using System.Net.Sockets;
using System.Text;

namespace CopyMc.Injector;

/// <summary>Sends a command to QEMU's monitor.</summary>
internal static class QemuMonitor
{
    private const string Prompt = "(qemu) ";

    // A bank that QEMU does not use.
    private const int Bank = 9;

    // IA32_MCi_MISC: a physical address, exact to a page of 2^12 bytes (Intel SDM volume 3, "Machine-check architecture").
    private const int PageOfPhysicalAddress = 0x8c;

    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Raises a machine check on a CPU and broadcasts it to the others, as Intel's machines do. A stopped guest takes it when it continues, before
    /// its next instruction.
    /// </summary>
    internal static void RaiseMachineCheck(string directory, int cpu, MachineCheck check, ulong physicalAddress)
    {
        using NetworkStream stream = QemuSocket.Connect(Path.Combine(directory, "monitor"), s_timeout);
        ReadToPrompt(stream);
        string command = $"mce -b {cpu} {Bank} 0x{check.Status:x} 0x{check.GlobalStatus:x} 0x{physicalAddress:x} 0x{PageOfPhysicalAddress:x}";
        stream.Write(Encoding.ASCII.GetBytes(command + "\n"));
        // The monitor echoes the command, with control sequences; the output of the command follows on separate lines.
        string answer = string.Join(' ', ReadToPrompt(stream).Split('\n').Skip(1).SkipLast(1)).Trim();
        if (answer.Length != 0)
            throw new InvalidOperationException($"QEMU refused '{command}': {answer}");
    }

    private static string ReadToPrompt(NetworkStream stream)
    {
        var text = new StringBuilder();
        while (text.Length < Prompt.Length || text.ToString(text.Length - Prompt.Length, Prompt.Length) != Prompt)
            text.Append(stream.ReadCharacter());
        return text.ToString();
    }
}
