"""Where things lie in a data set's folder, and how finished files get there."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ...errors import OutputError
from ...files import json_line, output_file, sha256_of_file
from .plan import Plan


@dataclass(frozen=True)
class DatasetPaths:
    """The folder of a data set."""

    root: Path

    @property
    def plan(self) -> Path:
        """The plan, there from the start."""
        return self.root / "plan.json"

    @property
    def done(self) -> Path:
        """What was made, there when the data set is complete."""
        return self.root / "dataset.json"

    @property
    def manifest(self) -> Path:
        """sha256 and size of every file."""
        return self.root / "manifest.csv"

    @property
    def work(self) -> Path:
        """What is needed while the data set is not complete."""
        return self.root / ".work"

    @property
    def context(self) -> Path:
        """What the data card says beyond the plan, there while the data set is not complete."""
        return self.work / "context.json"

    @property
    def layers(self) -> Path:
        """Cached layers, where no other folder was named."""
        return self.work / "layers"

    def record(self, block: int) -> Path:
        """Return the file that records a finished block."""
        return self.work / "blocks" / f"{block:07d}.jsonl"

    def read_plan(self) -> Plan:
        """Return the plan that lies here.

        Raises
        ------
        OutputError
            If there is none, or it can't be used.
        """
        try:
            return Plan.from_json(json.loads(self.plan.read_text(encoding="utf-8")))
        except (OSError, ValueError) as error:
            raise OutputError(f"{self.plan} can't be read as the plan of a data set: {error}.") from error


def put_in_place(staged: Path, root: Path) -> list[dict[str, Any]]:
    """Move everything below `staged` to the same place below `root`; return path, size, sha256 of each file.

    A folder that is not there yet moves as a whole, so that a sample with a folder of its own is there with
    all its files or not at all. Labels go before images.

    Raises
    ------
    OutputError
        If a folder of the data set is a link: nothing is written outside of it.
    """
    files = [
        {
            "path": path.relative_to(staged).as_posix(),
            "size": path.stat().st_size,
            "sha256": sha256_of_file(path),
        }
        for path in sorted(staged.rglob("*"))
        if path.is_file()
    ]
    _move_entries(staged, root)
    return files


def _move_entries(source: Path, target: Path) -> None:
    for entry in sorted(source.iterdir(), reverse=True):
        place = target / entry.name
        if place.is_symlink():
            raise OutputError(f"{place} is a link; remove it: a data set is written to its own folder only.")
        if entry.is_dir() and place.is_dir():
            _move_entries(entry, place)
        else:
            entry.replace(place)


def write_lines(path: Path, values: Iterator[Any]) -> None:
    """Write values as lines of JSON; the file is complete or not there."""
    with output_file(path, overwrite=True) as place, place.open("w", encoding="ascii", newline="\n") as file:
        file.writelines(json_line(value) + "\n" for value in values)


def read_lines(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the values of `write_lines`."""
    with path.open(encoding="ascii") as file:
        for line in file:
            yield json.loads(line)
