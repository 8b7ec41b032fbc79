"""Where things lie in a data set's folder."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class DatasetPaths:
    """The folder of a data set, and the files of the whole in it.

    Examples
    --------
    >>> paths = DatasetPaths(Path("set"))
    >>> paths.summary.as_posix(), paths.block_record(7).as_posix()
    ('set/dataset.json', 'set/.work/blocks/0000007.jsonl')
    """

    root: Path

    @property
    def plan(self) -> Path:
        """What decides every sample (JSON), there from the start."""
        return self.root / "plan.json"

    @property
    def summary(self) -> Path:
        """What was made (JSON), there when the data set is complete."""
        return self.root / "dataset.json"

    @property
    def manifest(self) -> Path:
        """Table of every file with its size and sha256."""
        return self.root / "manifest.csv"

    @property
    def work(self) -> Path:
        """Folder of what is needed while the data set is not complete."""
        return self.root / ".work"

    @property
    def provenance(self) -> Path:
        """What the data card says beyond the plan (JSON), there while the data set is not complete."""
        return self.work / "provenance.json"

    @property
    def lock(self) -> Path:
        """Who works on it (JSON), there while somebody does."""
        return self.work / "lock.json"

    @property
    def uid_key(self) -> Path:
        """What keys the UIDs of its DICOM files (hexadecimal), there while the data set is not complete."""
        return self.work / "uid_key"

    @property
    def layers(self) -> Path:
        """Folder of cached layers, where no other one was named."""
        return self.work / "layers"

    @property
    def is_complete(self) -> bool:
        """Whether the data set is complete."""
        return self.summary.exists()

    def block_record(self, block: int) -> Path:
        """Return the file that records a finished block."""
        return self.work / "blocks" / f"{block:07d}.jsonl"
