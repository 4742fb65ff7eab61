using CopyMc.Contract.Promises;

namespace CopyMc.Engine.Tests;

/// <summary>The contract of copies, for every kernel and every source of poison that works here. The guests of tests/vm run the same tests.</summary>
public sealed class ContractTests
{
    private static readonly Dictionary<string, Promise> s_promises = Catalog.All.ToDictionary(promise => promise.Name);

    /// <summary>The names of the promises, which a test explorer can store.</summary>
    public static TheoryData<string> Promises
    {
        get
        {
            var names = new TheoryData<string>();
            foreach (Promise promise in s_promises.Values)
                names.Add(new TheoryDataRow<string>(promise.Name) { Skip = promise.UnavailableReason, TestDisplayName = promise.Name });
            return names;
        }
    }

    [Theory]
    [MemberData(nameof(Promises))]
    public void Holds(string promise)
    {
        try
        {
            s_promises[promise].Check();
        }
        catch (UnavailableException unavailable)
        {
            Assert.Skip(unavailable.Message);
        }
    }

    /// <summary>The tests of the promises find a kernel that is wrong.</summary>
    [Theory]
    [ClassData(typeof(Copying.BrokenKernel))]
    public void A_kernel_wrong_by_one_byte_is_caught(string kernel)
    {
        CopyKernel broken = Copying.BrokenKernel.Find(kernel);
        using var exactness = new CopyExactness();
        Assert.Throws<ContractViolationException>(() => exactness.Every_byte_is_copied_and_no_other_written(broken, poisonElsewhere: false));
        using var firstLine = new FirstPoisonedLine();
        Assert.Throws<ContractViolationException>(() => firstLine.A_copy_stops_exactly_at_every_line_of_2_MiB(broken));
    }

    /// <summary>Otherwise a child that ends before its unprotected copy would be taken for one that the copy killed.</summary>
    [Fact]
    public void A_child_that_throws_is_not_taken_for_one_killed_by_its_copy()
    {
        (int exitCode, string output, string error) = Child.Start("no such action");
        Assert.Equal(128 + 6, exitCode);
        Assert.Empty(output);
        Assert.Contains("no such action", error);
        Assert.False(UnprotectedCopies.WasKilledByCopy(exitCode, error));
    }
}
