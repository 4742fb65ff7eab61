namespace CopyMc.Bench.Commands;

/// <summary>The exit codes of <c>copymc</c>.</summary>
internal static class ExitCode
{
    /// <summary>Everything was done, and every check held.</summary>
    internal const int Success = 0;

    /// <summary>A check failed, a regression was found, or bytes were lost.</summary>
    internal const int Failure = 1;

    /// <summary>The command line, <c>COPYMC_KERNEL</c> or an input file cannot be used, or the command cannot start here.</summary>
    internal const int Usage = 2;

    /// <summary>A file cannot be read or written.</summary>
    internal const int FileError = 3;
}
