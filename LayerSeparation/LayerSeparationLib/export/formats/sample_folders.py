"""Formats of one joint as a format of data sets: a folder a sample, ``<split>/<name>/``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
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
    files
        What a file of the folder is -> its name; see `CollectionFormat.files`.
    """

    def __init__(
        self, name: str, label: str, formats: Sequence[JointFormat], files: Mapping[str, str]
    ) -> None:
        self.name, self.label = name, label
        self._formats, self._files = tuple(formats), dict(files)

    def block(self, root: Path, split: str, number: int) -> AbstractContextManager[BlockWriter]:
        """Return the writer of a block."""
        return nullcontext(_FoldersBlock(root / split, self._formats))

    def files(self, split: str, name: str) -> Mapping[str, str]:
        """Return where the files of a sample lie."""
        return {what: f"{split}/{name}/{file}" for what, file in self._files.items()}

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
