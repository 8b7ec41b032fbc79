"""Blocks on this machine's cores."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
from multiprocessing.connection import Connection

from ...errors import OutputError
from ..plan.plan import Block
from .parent_watch import watch_parent

Work = Callable[[Block], int]
"""Does a block and returns how many of its samples could not be made."""
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

    Examples
    --------
    >>> from LayerSeparationLib.dataset.plan.plan import Block
    >>> blocks = [Block(0, "train", 0, start=0, stop=4), Block(1, "val", 0, start=4, stop=6)]
    >>> [(block.number, failed) for block, failed in run_locally(lambda block: 0, blocks, workers=1)]
    [(0, 0), (1, 0)]
    """
    if workers == 1:
        for block in blocks:
            yield block, work(block)
        return
    again: list[Block] = []
    deaths, source = 0, iter(blocks)
    while True:
        pool, parent_end = _start_workers(work, workers)
        running: dict[Future[int], Block] = {}
        try:
            while True:
                _fill(pool, running, again, source, workers * _WAITING_PER_WORKER)
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
                    "Try one worker. What is finished is complete, and the same command goes on from there."
                ) from error
            again.extend(running.values())
        finally:
            # Where the run stops early, what workers have begun is not waited for.
            parent_end.close()
            pool.shutdown(wait=True, cancel_futures=True)


def _start_workers(work: Work, workers: int) -> tuple[ProcessPoolExecutor, Connection]:
    """Return workers, and the end of a pipe that ends them when it is closed, or when this process dies."""
    context = get_context("spawn")
    child_end, parent_end = context.Pipe(duplex=False)
    pool = ProcessPoolExecutor(workers, context, initializer=_WorkerProcess.start, initargs=(child_end, work))
    return pool, parent_end


class _WorkerProcess:
    """A process of the pool: what it was started to do.

    Kept for the process, not sent with every block, so that the work can keep what it prepared. A pool's
    process has no other place for it than one that its module knows.
    """

    _work: Work | None = None

    @classmethod
    def start(cls, child_end: Connection, work: Work) -> None:
        watch_parent(child_end)
        cls._work = work

    @classmethod
    def run(cls, block: Block) -> int:
        if cls._work is None:
            raise RuntimeError("This process was not started as a worker.")
        return cls._work(block)


def _fill(
    pool: ProcessPoolExecutor,
    running: dict[Future[int], Block],
    again: list[Block],
    source: Iterator[Block],
    most: int,
) -> None:
    """Hand out blocks until so many are running."""
    while len(running) < most:
        block = again.pop() if again else next(source, None)
        if block is None:
            return
        try:
            running[pool.submit(_WorkerProcess.run, block)] = block
        except BrokenProcessPool:
            again.append(block)
            raise
