"""Work on the scene at a pace at which the window never stands still."""

from __future__ import annotations

from collections.abc import Callable

import qt

from ..scene.step_queue import StepQueue

_TURN_S = 0.03
"""Steps are begun for so long in a turn of the event loop; the longest node takes about as long again."""


class PacedSteps(StepQueue):
    """Takes a few steps a turn of the event loop (a `StepRunner`).

    Parameters
    ----------
    on_rest
        Called when there is nothing left to do.
    """

    def __init__(self, on_rest: Callable[[], None] = lambda: None) -> None:
        self._timer = qt.QTimer()
        self._timer.setInterval(0)
        self._timer.connect("timeout()", lambda: self.turn(_TURN_S))

        def rest() -> None:
            self._timer.stop()
            on_rest()

        super().__init__(self._timer.start, rest)
