"""Timers that fire once."""

from __future__ import annotations

from collections.abc import Callable

import qt


def single_shot_timer(slot: Callable[[], None], parent: qt.QObject | None = None) -> qt.QTimer:
    """Return a timer that calls ``slot`` once after each start; with a parent it ends with that."""
    timer = qt.QTimer() if parent is None else qt.QTimer(parent)
    timer.setSingleShot(True)
    timer.connect("timeout()", slot)
    return timer
