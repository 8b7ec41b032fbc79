"""Formats that hold many samples in one structure: what a writer of such a format has to offer.

Samples come in blocks that may be written by different processes, in any order, and again after a crash; so
a writer keeps nothing between samples. What the whole needs to know of a sample (an annotation, a list entry)
is returned by `add`, kept by whoever runs the work, and handed to `finish` in the order of samples.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from .sample import Sample

SPLITS = ("train", "val", "test")


@dataclass(frozen=True)
class Entry:
    """A sample of a finished collection.

    Attributes
    ----------
    number
        Position in the whole data set, from 0.
    name
        Letters, digits, ``_`` and ``-``; unlike that of any other sample.
    split
        One of `SPLITS`.
    data
        What `add` returned: JSON's own types.
    """

    number: int
    name: str
    split: str
    data: Any


class BlockWriter(Protocol):
    """Takes the samples of one block."""

    def add(self, number: int, name: str, sample: Sample) -> Any:
        """Write the files of a sample; return what `CollectionFormat.finish` needs of it."""
        ...


class CollectionFormat(Protocol):
    """A format of data sets."""

    name: str
    """What scripts call it; also its folder in a data set."""
    label: str
    """What people read."""

    def block(self, root: Path, split: str, number: int) -> Any:
        """Return a context manager that gives the `BlockWriter` of a block of one split.

        `root` is the folder of the format; what is written below it is complete when the context ends.
        """
        ...

    def finish(self, root: Path, entries: Iterable[Entry]) -> None:
        """Write what belongs to the whole; `entries` may be iterated once, and may be many."""
        ...


@contextmanager
def plain_block(writer: BlockWriter) -> Iterator[BlockWriter]:
    """Return the context of a block that has no file of its own."""
    yield writer
