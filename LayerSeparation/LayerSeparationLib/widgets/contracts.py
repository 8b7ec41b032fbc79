"""What a section of the panel is given in place of the panel: a method or two of each thing it needs."""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import Any, Protocol, TypeVar

from .worker import JobProgress

T = TypeVar("T")


class StepRunner(Protocol):
    """Changes the scene in small steps, so that the window never stands still."""

    def start(
        self,
        steps: Generator[Any, None, Any],
        on_done: Callable[[], None],
        on_error: Callable[[Exception], None],
        on_step: Callable[[Any], None] | None = None,
    ) -> Callable[[], None]:
        """Queue steps; return the function that gives them up.

        The callbacks are never called after the steps were given up.
        """
        ...


class JobRunner(Protocol):
    """Runs jobs beside the window, one after the other."""

    @property
    def steps(self) -> StepRunner:
        """Gives to the scene what a job made."""
        ...

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
