"""A worker process ends with the program that started it."""

from __future__ import annotations

import os
import signal
import threading
from multiprocessing.connection import Connection

_ENDED = 128 + signal.SIGTERM


def watch_parent(child_end: Connection) -> None:
    """Make this process end when the other end of the pipe is closed, or its holder dies.

    Parameters
    ----------
    child_end
        The end that can be read; nothing is ever sent.
    """
    # Ctrl-C reaches every process of a terminal; it is the program that decides.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_wait_for_end, args=(child_end,), daemon=True).start()


def _wait_for_end(child_end: Connection) -> None:
    """End the worker wherever it is: an exception could come while it cleans up, or be taken for a result."""
    try:
        child_end.recv()
    except (EOFError, OSError):
        os._exit(_ENDED)
