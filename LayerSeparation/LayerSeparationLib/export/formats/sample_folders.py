"""Formats of one joint as formats of data sets: a folder a sample, ``<split>/<name>/``."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from ..collection import Entry, plain_block
from ..export_formats import chosen_formats
from ..sample import Sample


class FolderFormat:
    """Writes some formats of one joint, a folder a sample.

    Parameters
    ----------
    name, label
        As in `CollectionFormat`.
    files
        Names of `export_formats`.
    """

    def __init__(self, name: str, label: str, files: Sequence[str]) -> None:
        self.name, self.label = name, label
        self._files = tuple(files)

    def block(self, root: Path, split: str, number: int) -> Any:
        """Return the writer of a block."""
        return plain_block(_FolderBlock(root / split, self._files))

    def finish(self, root: Path, entries: Iterable[Entry]) -> None:
        """Nothing belongs to the whole."""


class _FolderBlock:
    def __init__(self, root: Path, files: Sequence[str]) -> None:
        self._root, self._writers = root, chosen_formats(files)

    def add(self, _number: int, name: str, sample: Sample) -> None:
        folder = self._root / name
        folder.mkdir(parents=True, exist_ok=True)
        for writer in self._writers:
            writer.write(folder, sample)
