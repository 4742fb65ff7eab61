using System.Runtime.CompilerServices;
using CopyMc.Engine.Tests.Children;
using CopyMc.Engine.Tests.Collapse.Agreement;
using Xunit.MicrosoftTestingPlatform;
using Xunit.Runner.InProc.SystemConsole;

namespace CopyMc.Engine.Tests;

/// <summary>Runs the tests or, started by one of them, a child process that may crash.</summary>
internal static class Program
{
    private static int Main(string[] args) => args switch
    {
        [ChildProcess.Argument, string scenario, .. string[] rest] => ChildScenario.Run(scenario, rest),
        [Child.Argument, string action] => Child.Run(action),
        [SituationTool.Argument, .. string[] rest] => SituationTool.Run(rest),
        _ => RunTests(args),
    };

    // Not inlined, so that a child does not load the test framework.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int RunTests(string[] args) =>
        args.Contains("--server") || args.Contains("--internal-msbuild-node")
            ? TestPlatformTestFramework.RunAsync(args, SelfRegisteredExtensions.AddSelfRegisteredExtensions).GetAwaiter().GetResult()
            : ConsoleRunner.Run(args).GetAwaiter().GetResult();
}
