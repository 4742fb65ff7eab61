using Xunit.Sdk;
using Xunit.v3;

// Poison is a matter of the whole process: a mark anywhere takes every copy off its clean path, and a test decides which path it means.
[assembly: Parallelization(Mode = ParallelMode.None)]
