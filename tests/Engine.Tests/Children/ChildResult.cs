namespace CopyMc.Engine.Tests.Children;

/// <summary>The result of a child process. The exit code is 128 plus the signal if one killed it.</summary>
internal sealed record ChildResult(int ExitCode, string Output, string Error)
{
    internal const int KilledBySigAbrt = 128 + 6;
    internal const int KilledBySigBus = 128 + 7;

    internal string FirstLineOfError => Error.Split('\n', 2)[0].TrimEnd();
}
