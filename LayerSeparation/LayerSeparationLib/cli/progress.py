"""A progress line on a terminal; silent elsewhere."""

from __future__ import annotations

import sys

_WIDTH = 30


class ProgressLine:
    """One line on stderr that is rewritten as the work goes on."""

    def __init__(self) -> None:
        self._shown = sys.stderr.isatty()

    def __call__(self, step: str, done: int, total: int) -> None:
        """Show that ``done`` of ``total`` are done."""
        if not self._shown:
            return
        filled = _WIDTH * done // max(total, 1)
        end = "\n" if done >= total else ""
        bar = "=" * filled + " " * (_WIDTH - filled)
        print(f"\r\x1b[K{step:<16} [{bar}] {done} of {total}", end=end, file=sys.stderr, flush=True)
