"""One thread for every call of torch: jobs go in, results are fetched. It knows neither Qt nor MRML."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from typing import Any

JobProgress = Callable[[int, int, Any], None]
"""``progress(done, total, part)``: called by a job between its steps; raises `CancelledError` after a
cancel."""


class CancelledError(Exception):
    """The job is not wanted any more."""


@dataclass(eq=False)
class Task:
    """A job and who wants to hear of it; the callbacks are called by `Worker.poll`."""

    job: Callable[[JobProgress], Any]
    """Runs in the worker's thread."""
    on_progress: Callable[[int, int, Any], None] | None = None
    """Called with each progress of the job."""
    on_done: Callable[[Any], None] | None = None
    """Called with what the job returned."""
    on_error: Callable[[Exception], None] | None = None
    """Called with what the job raised."""
    cancelled: threading.Event = field(default_factory=threading.Event)
    """Set once nobody wants to hear of the job any more."""


class Worker:
    """Runs jobs one after the other in a thread of its own, which starts with the first job.

    After `cancel` nothing more is heard of a job, at once; if it is running it ends at its next progress, and
    a new one waits for that.
    """

    def __init__(self) -> None:
        self._tasks: SimpleQueue[Task | None] = SimpleQueue()
        self._news: SimpleQueue[tuple[Task, Callable[[], None], bool]] = SimpleQueue()
        self._open: list[Task] = []
        self._thread: threading.Thread | None = None

    @property
    def busy(self) -> bool:
        """Whether news of a job may still come."""
        return bool(self._open)

    def submit(
        self,
        job: Callable[[JobProgress], Any],
        on_progress: Callable[[int, int, Any], None] | None = None,
        on_done: Callable[[Any], None] | None = None,
        on_error: Callable[[Exception], None] | None = None,
    ) -> Task:
        """Queue a job; its callbacks are called by `poll`, in the thread that polls."""
        task = Task(job, on_progress, on_done, on_error)
        self._open.append(task)
        self._tasks.put(task)
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="LayerSeparation", daemon=True)
            self._thread.start()
        return task

    def poll(self, at_most: int = 1) -> None:
        """Pass the news on, at most so many: each may take time in the thread that polls."""
        passed = 0
        while passed < at_most:
            try:
                task, tell, is_last = self._news.get_nowait()
            except Empty:
                return
            if task.cancelled.is_set():
                continue
            if is_last:
                self._open.remove(task)
            passed += 1
            tell()

    def cancel(self, task: Task) -> None:
        """Give up a job; none of its callbacks is called any more."""
        task.cancelled.set()
        if task in self._open:
            self._open.remove(task)

    def close(self) -> None:
        """Give up all jobs, and let the thread end."""
        for task in list(self._open):
            self.cancel(task)
        if self._thread is not None:
            self._tasks.put(None)
            self._thread = None

    def _run(self) -> None:
        while (task := self._tasks.get()) is not None:
            if not task.cancelled.is_set():
                self._carry_out(task)

    def _carry_out(self, task: Task) -> None:
        def progress(done: int, total: int, part: Any = None) -> None:
            if task.cancelled.is_set():
                raise CancelledError
            if task.on_progress:
                on_progress = task.on_progress
                self._news.put((task, lambda: on_progress(done, total, part), False))

        try:
            result = task.job(progress)
        except CancelledError:
            return
        except Exception as error:  # the job's failure belongs to whoever asked for it
            failure = error
            self._news.put((task, lambda: task.on_error and task.on_error(failure), True))
            return
        self._news.put((task, lambda: task.on_done and task.on_done(result), True))
