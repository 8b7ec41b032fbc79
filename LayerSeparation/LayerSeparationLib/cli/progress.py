"""How far the work is: a bar on a terminal, elsewhere a plain line now and then; always on stderr."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, NoReturn, TypeVar

from ..files.visible_text import visible

if TYPE_CHECKING:
    from tqdm import tqdm

_LINE_EVERY_S = 5.0
_PATIENCE_S = 2.0
"""How long people wait before a terminal that says nothing."""
_LINE = "{desc}: {n_fmt} of {total_fmt}, {elapsed} passed, {remaining} left"
T = TypeVar("T")


def track(items: Sequence[T], step: str) -> Iterator[T]:
    """Yield the items one by one and show how many are done."""
    with Progress() as show:
        for number, item in enumerate(items):
            show(step, number, len(items))
            yield item
        show(step, len(items), len(items))


def say(text: str) -> None:
    """Print a message to stderr, above the bar if there is one."""
    from tqdm import tqdm

    tqdm.write(visible(text), file=sys.stderr)


@contextmanager
def explain_waiting(text: str) -> Iterator[None]:
    """Print what is being done if it takes more than 2 s; where nobody watches a terminal, more than 5 s."""
    timer = threading.Timer(_PATIENCE_S if sys.stderr.isatty() else _LINE_EVERY_S, say, [text])
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


class Progress:
    """Shows one step of the work after the other.

    Where stderr is no terminal, what takes less than five seconds is not shown.
    """

    def __init__(self) -> None:
        self._step = ""
        self._bar: tqdm[NoReturn] | None = None

    def __enter__(self) -> Progress:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __call__(self, step: str, done: int, total: int) -> None:
        """Show that ``done`` of ``total`` are done."""
        if self._bar is None or step != self._step:
            self.close()
            self._step, self._bar = step, _open_bar(step, done, total)
        self._bar.update(done - self._bar.n)
        if done >= total:
            self.close()

    def close(self) -> None:
        """Leave the step as it stands."""
        if self._bar is not None:
            self._bar.close()
            self._bar = None


class _Lines:
    """A file for tqdm that writes lines to stderr, where tqdm would write over its own text."""

    def write(self, text: str) -> None:
        line = text.strip()
        if line:
            print(line, file=sys.stderr)

    def flush(self) -> None:
        sys.stderr.flush()


def _open_bar(step: str, done: int, total: int) -> tqdm[NoReturn]:
    from tqdm import tqdm

    if sys.stderr.isatty():
        return tqdm(desc=step, initial=done, total=total, file=sys.stderr, dynamic_ncols=True)
    return tqdm(
        desc=step,
        initial=done,
        total=total,
        file=_Lines(),
        bar_format=_LINE,
        delay=_LINE_EVERY_S,
        mininterval=_LINE_EVERY_S,
        miniters=1,
        leave=False,
    )
