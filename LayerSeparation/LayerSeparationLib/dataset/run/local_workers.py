"""Blocks on this machine's cores."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
from multiprocessing.connection import Connection

from ...errors import OutputError
from ..plan.plan import Block
from .parent_watch import attend

Work = Callable[[Block], int]
_MOST_DEATHS = 3
"""Workers may die so often without a block being finished in between."""
_WAITING_PER_WORKER = 2


def run_locally(
    work: Work, blocks: Iterable[Block], workers: int
) -> Generator[tuple[Block, int], None, None]:
    """Yield every block when it is done, with what `work` returned.

    Parameters
    ----------
    work
        Must survive pickling where there are several workers; doing a block twice must do no harm.
    blocks
        What to do; taken only as workers get free.
    workers
        Processes; with 1 the work is done here.

    Raises
    ------
    OutputError
        If workers die again and again.
    """
    if workers == 1:
        for block in blocks:
            yield block, work(block)
        return
    again: list[Block] = []
    deaths, source = 0, iter(blocks)
    while True:
        pool, ends = _started(workers)
        running: dict[Future[int], Block] = {}
        try:
            while True:
                _fill(pool, work, running, again, source, workers * _WAITING_PER_WORKER)
                if not running:
                    return
                for future in wait(running, return_when=FIRST_COMPLETED).done:
                    result = future.result()
                    deaths = 0
                    yield running.pop(future), result
        except BrokenProcessPool as error:
            deaths += 1
            if deaths >= _MOST_DEATHS:
                raise OutputError(
                    f"Workers died {deaths} times in a row, the last on blocks "
                    f"{sorted(block.number for block in running.values())}; most often memory is short. "
                    "Try --workers 1. What is finished is complete, and the same command goes on from there."
                ) from error
            again.extend(running.values())
        finally:
            # Where the run stops early, what workers have begun is not waited for.
            ends.close()
            pool.shutdown(wait=True, cancel_futures=True)


def _started(workers: int) -> tuple[ProcessPoolExecutor, Connection]:
    """Return workers, and the end of a pipe that ends them when it is closed, or when this process dies."""
    context = get_context("spawn")
    watched, ends = context.Pipe(duplex=False)
    pool = ProcessPoolExecutor(workers, context, initializer=attend, initargs=(watched,))
    return pool, ends


def _fill(
    pool: ProcessPoolExecutor,
    work: Work,
    running: dict[Future[int], Block],
    again: list[Block],
    source: Iterator[Block],
    most: int,
) -> None:
    while len(running) < most:
        block = again.pop() if again else next(source, None)
        if block is None:
            return
        try:
            running[pool.submit(work, block)] = block
        except BrokenProcessPool:
            again.append(block)
            raise
