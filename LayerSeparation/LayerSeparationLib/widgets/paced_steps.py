"""Work on the scene in small steps, so that the window never stands still."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Generator
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

import qt

from ..scene.batch import rendering_paused

_TURN_S = 0.03
"""Steps are begun for so long in a turn of the event loop; the longest node takes about as long again."""


@dataclass(eq=False)
class _Work:
    steps: Generator[Any, None, Any]
    on_done: Callable[[], None]
    on_error: Callable[[Exception], None]
    on_step: Callable[[Any], None] | None


class PacedSteps:
    """Runs generators, one after the other, a few steps a turn of the event loop (a `StepRunner`).

    Meanwhile the views are not drawn: they are once everything is done, given up or failed.

    Parameters
    ----------
    on_rest
        Called when there is nothing left to do.
    """

    def __init__(self, on_rest: Callable[[], None] = lambda: None) -> None:
        self._on_rest = on_rest
        self._works: deque[_Work] = deque()
        self._drawing = ExitStack()
        self._timer = qt.QTimer()
        self._timer.setInterval(0)
        self._timer.connect("timeout()", self._turn)

    @property
    def busy(self) -> bool:
        """Whether there is something left to do."""
        return bool(self._works)

    def start(
        self,
        steps: Generator[Any, None, Any],
        on_done: Callable[[], None],
        on_error: Callable[[Exception], None],
        on_step: Callable[[Any], None] | None = None,
    ) -> Callable[[], None]:
        """Queue steps; return the function that gives them up, which closes the generator.

        ``on_step`` is called with what each step yielded.
        """
        work = _Work(steps, on_done, on_error, on_step)
        if not self._works:
            self._drawing.enter_context(rendering_paused())
            self._timer.start()
        self._works.append(work)
        return lambda: self._give_up(work)

    def close(self) -> None:
        """Give up everything."""
        for work in list(self._works):
            self._give_up(work)

    def _turn(self) -> None:
        end = time.monotonic() + _TURN_S
        try:
            while self._works and time.monotonic() < end:
                self._step(self._works[0])
        finally:
            self._rest_if_done()

    def _step(self, work: _Work) -> None:
        try:
            value = next(work.steps)
        except StopIteration:
            self._forget(work)
            work.on_done()
        except Exception as error:  # the failure belongs to whoever asked for the work
            self._forget(work)
            work.on_error(error)
        else:
            if work.on_step is not None:
                work.on_step(value)

    def _give_up(self, work: _Work) -> None:
        if work not in self._works:
            return
        self._forget(work)
        try:
            work.steps.close()
        finally:
            self._rest_if_done()

    def _forget(self, work: _Work) -> None:
        if work in self._works:
            self._works.remove(work)

    def _rest_if_done(self) -> None:
        if self._works or not self._timer.active:
            return
        self._timer.stop()
        self._drawing.close()
        self._on_rest()
