"""Wrong usage: what can't be meant, whatever lies in the files."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from ..errors import InputError


class UsageError(Exception):
    """The command was asked for something that can't be; ends the program with exit code 2 and the usage."""


@contextmanager
def wrong_usage() -> Iterator[None]:
    """Turn an `InputError` about values that stand on the command line into a `UsageError`."""
    try:
        yield
    except InputError as error:
        raise UsageError(str(error)) from error
