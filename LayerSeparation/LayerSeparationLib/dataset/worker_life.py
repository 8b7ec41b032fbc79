"""The life of a worker process: it ends with the program that started it, and leaves nothing half-done."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable
from multiprocessing.connection import Connection
from types import FrameType

from .plan import Block

_GRACE_S = 5.0
"""A worker that was told to end has so long to clean up."""
_ENDED = 128 + signal.SIGTERM
_at_work = False


def attend(program: Connection) -> None:
    """Make a worker end on SIGTERM, and when the other end of this pipe is closed or its holder dies."""
    # Ctrl-C reaches every process of a terminal; it is the program that decides, once.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, _end)
    threading.Thread(target=_watch, args=(program,), daemon=True).start()


def attended(work: Callable[[Block], int], block: Block) -> int:
    """Do a block's work; a worker that is told to end cleans up behind it first."""
    global _at_work  # noqa: PLW0603 - a process has one life
    _at_work = True
    try:
        return work(block)
    except SystemExit:
        # The pool would take this for the work's result and go on.
        os._exit(_ENDED)
    finally:
        _at_work = False


def _watch(program: Connection) -> None:
    try:
        program.recv()
    except (EOFError, OSError):
        os.kill(os.getpid(), signal.SIGTERM)


def _end(_number: int, _frame: FrameType | None) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    if not _at_work:
        # Nothing to clean up; an exception would surface in whatever the pool is doing, with a traceback.
        os._exit(_ENDED)
    late = threading.Timer(_GRACE_S, os._exit, (_ENDED,))
    late.daemon = True
    late.start()
    raise SystemExit(_ENDED)
