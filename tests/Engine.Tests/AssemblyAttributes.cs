using Xunit.Sdk;
using Xunit.v3;

// Poison is process-wide: a mark anywhere takes every copy off its short path, and each test chooses the path that it tests.
[assembly: Parallelization(Mode = ParallelMode.None)]

// Each run says how many page frames it took from the machine.
[assembly: AssemblyFixture(typeof(LostFrames))]
