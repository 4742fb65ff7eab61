using Xunit.Sdk;
using Xunit.v3;

// Tests run one after the other, because poison is process-wide: a mark anywhere takes every copy off its short path.
[assembly: Parallelization(Mode = ParallelMode.None)]

// Each run prints the number of page frames that the machine lost.
[assembly: AssemblyFixture(typeof(LostFrames))]
