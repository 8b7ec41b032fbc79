"""Formats of one joint as a format of data sets: a folder a sample, ``<split>/<name>/``."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

from ..collection import BlockWriter, Entry
from ..joint_format import JointFormat
from ..sample import Sample


class SampleFoldersFormat:
    """Writes some formats of one joint, a folder a sample.

    Parameters
    ----------
    name, label
        As in `CollectionFormat`.
    formats
        What is written into each folder.
    """

    def __init__(self, name: str, label: str, formats: Sequence[JointFormat]) -> None:
        self.name, self.label = name, label
        self._formats = tuple(formats)

    def block(self, root: Path, split: str, number: int) -> AbstractContextManager[BlockWriter]:
        """Return the writer of a block."""
        return nullcontext(_FoldersBlock(root / split, self._formats))

    def finish(self, root: Path, entries: Iterable[Entry]) -> None:
        """Nothing belongs to the whole."""


class _FoldersBlock:
    def __init__(self, root: Path, formats: Sequence[JointFormat]) -> None:
        self._root, self._formats = root, formats

    def add(self, _number: int, name: str, sample: Sample) -> None:
        folder = self._root / name
        folder.mkdir(parents=True, exist_ok=True)
        for one in self._formats:
            one.write(folder, sample)
