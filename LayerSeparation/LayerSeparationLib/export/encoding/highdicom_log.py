"""highdicom tells of every attribute that it copies, at INFO: hundreds of lines a file in Slicer's log."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_LOGGER = logging.getLogger("highdicom")
_lock = threading.Lock()
_users: list[int] = []
"""The logger's own level, once for every caller that wants it quiet at the moment."""


@contextmanager
def only_warnings_of_highdicom() -> Iterator[None]:
    """Let highdicom log nothing below a warning as long as the block runs; others' use is not touched.

    Examples
    --------
    >>> with only_warnings_of_highdicom():
    ...     logging.getLogger("highdicom.base").isEnabledFor(logging.INFO)
    False
    """
    with _lock:
        _users.append(_users[0] if _users else _LOGGER.level)
        _LOGGER.setLevel(max(logging.WARNING, _users[0]))
    try:
        yield
    finally:
        with _lock:
            level = _users.pop()
            if not _users:
                _LOGGER.setLevel(level)
