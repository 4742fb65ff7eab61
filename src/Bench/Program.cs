return CopyMc.Bench.Commands.CommandLine.Run(args);
