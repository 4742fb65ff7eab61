namespace CopyMc.Engine.Tests.Children;

/// <summary>How a child process ended. A signal that killed it shows as 128 plus its number.</summary>
internal sealed record ChildResult(int ExitCode, string Output, string Error)
{
    internal const int KilledBySigAbrt = 128 + 6;
    internal const int KilledBySigBus = 128 + 7;

    internal string FirstLineOfError => Error.Split('\n', 2)[0].TrimEnd();
}
