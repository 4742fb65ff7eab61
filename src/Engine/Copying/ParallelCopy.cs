using System.Runtime.ExceptionServices;

namespace CopyMc;

/// <summary>
/// One long copy by several threads. Each takes the next block in address order, until none is left or a block fails. No block after a
/// failed one is started, and every block before it is finished, so the copy reports the lowest bad byte.
/// </summary>
internal sealed unsafe class ParallelCopy
{
    private readonly CopyEngine _engine;
    private readonly byte* _source;
    private readonly byte* _destination;
    private readonly nuint _byteCount;
    private readonly CopyOptions _options;
    private readonly Lock _lock = new();
    private long _nextBlock;
    private long _endBlock;
    private nuint _copied;
    private nuint _remaining;
    private CopyFault _fault;

    internal ParallelCopy(CopyEngine engine, byte* source, byte* destination, nuint byteCount, CopyOptions options)
    {
        _engine = engine;
        _source = source;
        _destination = destination;
        _byteCount = byteCount;
        _options = options;
        _endBlock = (long)((byteCount + CopyEngine.BlockSize - 1) / CopyEngine.BlockSize);
    }

    internal nuint Run(out CopyFault fault)
    {
        int threads = _options.MaxDegreeOfParallelism < 0 ? Environment.ProcessorCount : _options.MaxDegreeOfParallelism;
        threads = (int)long.Min(threads, _endBlock);
        if (threads <= 1)
            CopyBlocks(loop: null);
        else
            CopyBlocksBy(threads);

        // A copy that finished before the token was seen is not cancelled.
        if (_nextBlock < _endBlock)
            _options.CancellationToken.ThrowIfCancellationRequested();
        fault = _fault;
        return _remaining;
    }

    private void CopyBlocksBy(int threads)
    {
        try
        {
            Parallel.For(0, threads, new ParallelOptions { MaxDegreeOfParallelism = threads }, (_, loop) => CopyBlocks(loop));
        }
        catch (AggregateException thrown)
        {
            // Unwrapped, as with one thread. Only Progress throws here.
            ExceptionDispatchInfo.Throw(thrown.InnerExceptions[0]);
        }
    }

    private void CopyBlocks(ParallelLoopState? loop)
    {
        while (!_options.CancellationToken.IsCancellationRequested && loop is not { IsExceptional: true })
        {
            long block = Interlocked.Increment(ref _nextBlock) - 1;
            if (block >= Volatile.Read(ref _endBlock))
                return;
            nuint offset = (nuint)block * CopyEngine.BlockSize;
            nuint length = nuint.Min(CopyEngine.BlockSize, _byteCount - offset);
            nuint remaining = _engine.CopyPart(_source + offset, _destination + offset, length, _byteCount, out CopyFault fault);
            Settle(block, length - remaining, _byteCount - offset - (length - remaining), remaining != 0, fault);
        }
    }

    private void Settle(long block, nuint copied, nuint remaining, bool failed, CopyFault fault)
    {
        lock (_lock)
        {
            _copied += copied;
            // Another thread may be past this block already.
            if (failed && block < _endBlock)
            {
                // A full fence: otherwise a thread could take the next block, not see the new end, and be missed in WrittenBeyond.
                Interlocked.Exchange(ref _endBlock, block);
                _remaining = remaining;
                _fault = fault with { WrittenBeyond = fault.WrittenBeyond || Volatile.Read(ref _nextBlock) > block + 1 };
            }
            _options.Progress?.Report(_copied);
        }
    }
}
