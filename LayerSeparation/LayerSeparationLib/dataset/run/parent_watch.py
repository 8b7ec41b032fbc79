"""The life of a worker process: it ends with the program that started it."""

from __future__ import annotations

import os
import signal
import threading
from multiprocessing.connection import Connection

_ENDED = 128 + signal.SIGTERM


def attend(program: Connection) -> None:
    """Make a worker end when the other end of this pipe is closed, or its holder dies."""
    # Ctrl-C reaches every process of a terminal; it is the program that decides.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_watch, args=(program,), daemon=True).start()


def _watch(program: Connection) -> None:
    """End the worker wherever it is: an exception could come while it cleans up, or be taken for a result."""
    try:
        program.recv()
    except (EOFError, OSError):
        os._exit(_ENDED)
