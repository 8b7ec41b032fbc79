"""Errors reach the user as one message that says what to do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import slicer

from ..errors import LayerSeparationError
from ..translation import tr as _
from .plain_text import as_plain


@contextmanager
def show_errors() -> Iterator[None]:
    """Show the message of a library error; anything else is a defect, shown with its traceback."""
    with slicer.util.tryWithErrorDisplay(_("This should not have happened. The scene is unharmed.")):
        try:
            yield
        except LayerSeparationError as error:
            slicer.util.errorDisplay(as_plain(str(error)))
