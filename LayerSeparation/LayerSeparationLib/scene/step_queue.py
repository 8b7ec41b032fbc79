"""Work on the scene in small steps, between which a window can be drawn. No Qt."""

from __future__ import annotations

import inspect
import time
from collections import deque
from collections.abc import Callable, Generator
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from typing import Any

from .batch import rendering_paused


@dataclass(eq=False)
class _Work:
    steps: Generator[Any, None, Any]
    on_done: Callable[[], None]
    on_error: Callable[[Exception], None]
    on_step: Callable[[Any], None] | None


class StepQueue:
    """Generators whose steps are taken one after the other, a few with every `turn`.

    Meanwhile the views are not drawn: they are once everything is done, given up or failed.

    Parameters
    ----------
    on_begin, on_rest
        Called when there is something to do, and when there is nothing left.
    """

    def __init__(self, on_begin: Callable[[], None], on_rest: Callable[[], None]) -> None:
        self._on_begin, self._on_rest = on_begin, on_rest
        self._works: deque[_Work] = deque()
        self._drawing = ExitStack()
        self._is_resting = True

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

        ``on_step`` is called with what each step yielded; nothing is called once they are given up.
        """
        work = _Work(steps, on_done, on_error, on_step)
        self._works.append(work)
        if self._is_resting:
            self._is_resting = False
            self._drawing.enter_context(rendering_paused())
            self._on_begin()
        return lambda: self._give_up(work)

    def turn(self, seconds: float) -> None:
        """Begin steps for so long; the last may take longer."""
        end = time.monotonic() + seconds
        try:
            while self._works and time.monotonic() < end:
                self._step(self._works[0])
        finally:
            self._rest_if_done()

    def close(self) -> None:
        """Give up everything."""
        for work in list(self._works):
            self._give_up(work)

    def _step(self, work: _Work) -> None:
        tell: Callable[[], None] | None = None
        try:
            value = next(work.steps)
        except StopIteration:
            tell = work.on_done
        except Exception as error:  # the failure belongs to whoever asked for the work
            tell = partial(work.on_error, error)
        if work not in self._works:
            # It gave itself up.
            work.steps.close()
        elif tell is not None:
            self._works.remove(work)
            tell()
        elif work.on_step is not None:
            work.on_step(value)

    def _give_up(self, work: _Work) -> None:
        if work not in self._works:
            return
        self._works.remove(work)
        try:
            if inspect.getgeneratorstate(work.steps) != inspect.GEN_RUNNING:
                work.steps.close()
        finally:
            self._rest_if_done()

    def _rest_if_done(self) -> None:
        if self._works or self._is_resting:
            return
        self._is_resting = True
        self._drawing.close()
        self._on_rest()
