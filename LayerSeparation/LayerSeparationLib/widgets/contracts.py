"""What a section of the panel is given in place of the panel: a method or two of each thing it needs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol, TypeVar

from .worker import JobProgress

T = TypeVar("T")


class JobRunner(Protocol):
    """Runs jobs beside the window, one after the other."""

    def submit(
        self,
        job: Callable[[JobProgress], T],
        on_progress: Callable[[int, int, Any], None] | None,
        on_done: Callable[[T], None],
        on_error: Callable[[Exception], None],
    ) -> Callable[[], None]:
        """Queue a job; return the function that gives it up.

        The callbacks run in the main thread, and never after the job was given up.
        """
        ...


class PendingEdit(Protocol):
    """An edit that the user's hand has asked for and that is not carried out yet."""

    def flush(self) -> None:
        """Carry it out now, before the joint's edit is read or another joint is selected."""
        ...
