"""SIGTERM ends a command as Ctrl-C does: what is not complete is removed before the program goes."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class TerminationError(KeyboardInterrupt):
    """SIGTERM has come; passes through wherever Ctrl-C does."""


@contextmanager
def sigterm_raises() -> Iterator[None]:
    """Raise `TerminationError` when SIGTERM comes, so that everything open is closed.

    Does nothing off the main thread, and where the program around has a handler of its own. A second SIGTERM
    is ignored, for the first is being obeyed.
    """
    is_main = threading.current_thread() is threading.main_thread()
    if not is_main or signal.getsignal(signal.SIGTERM) is not signal.SIG_DFL:
        yield
        return
    signal.signal(signal.SIGTERM, _end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)


def _end(_number: int, _frame: FrameType | None) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    raise TerminationError
