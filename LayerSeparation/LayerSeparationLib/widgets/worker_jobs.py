"""The worker and Qt: while a job is under way, its news are fetched by a timer."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, TypeVar

import qt

from .paced_steps import PacedSteps
from .worker import JobProgress, Worker

T = TypeVar("T")

_POLL_MS = 30
_WORKER_TURN_S = 0.02


class WorkerJobs:
    """Runs jobs in one thread; their callbacks come in the main thread (a `JobRunner`).

    Parameters
    ----------
    on_rest
        Called when all is given to the scene that jobs have made.
    """

    def __init__(self, on_rest: Callable[[], None] = lambda: None) -> None:
        self.steps = PacedSteps(on_rest)
        self._worker = Worker()
        self._poll = qt.QTimer()
        self._poll.setInterval(_POLL_MS)
        self._poll.connect("timeout()", self._collect)

    @property
    def busy(self) -> bool:
        """Whether news of a job may still come."""
        return self._worker.busy

    def submit(
        self,
        job: Callable[[JobProgress], T],
        on_progress: Callable[[int, int, Any], None] | None,
        on_done: Callable[[T], None],
        on_error: Callable[[Exception], None],
    ) -> Callable[[], None]:
        """Queue a job; return the function that gives it up."""
        task = self._worker.submit(job, on_progress, on_done, on_error)
        self._poll.start()
        return lambda: self._worker.cancel(task)

    def close(self) -> None:
        """Give up all jobs for good."""
        self._poll.stop()
        self._worker.close()
        self.steps.close()

    def _collect(self) -> None:
        self._worker.poll()
        if self._worker.busy:
            # Slicer keeps Python's lock while it waits for events; a sleep is what lets the worker run.
            time.sleep(_WORKER_TURN_S)
        else:
            self._poll.stop()
