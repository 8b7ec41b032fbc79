"""SIGTERM and SIGHUP end a command as Ctrl-C does: what is not complete is removed before it goes."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

SIGNALS = tuple(getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name))
"""Asked to end, by a person or a scheduler; and the terminal was closed, which Windows tells otherwise."""


class TerminationError(KeyboardInterrupt):
    """One of the signals has come; passes through wherever Ctrl-C does."""

    def __init__(self, number: int = signal.SIGTERM) -> None:
        super().__init__()
        self.signal = signal.Signals(number)


@contextmanager
def signals_raise() -> Iterator[None]:
    """Raise `TerminationError` when a signal comes, so that everything open is closed.

    Does nothing off the main thread, nor for a signal that the program around handles or ignores (nohup). A
    second signal is ignored, for the first is being obeyed.
    """
    is_main = threading.current_thread() is threading.main_thread()
    handled = [one for one in SIGNALS if is_main and signal.getsignal(one) is signal.SIG_DFL]
    for one in handled:
        signal.signal(one, _end)
    try:
        yield
    finally:
        for one in handled:
            signal.signal(one, signal.SIG_DFL)


def _end(number: int, _frame: FrameType | None) -> None:
    for one in SIGNALS:
        signal.signal(one, signal.SIG_IGN)
    raise TerminationError(number)
