"""Checking a data set against its manifest."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path

from ...errors import OutputError
from ...files import sha256_of_file
from ..plan.dataset_paths import DatasetPaths

_OF_THE_WHOLE = ("dataset.json", "manifest.csv")
_MOST_PROBLEMS = 1000


def verify(folder: Path, progress: Callable[[int], None] | None = None) -> list[str]:
    """Return what is wrong with a finished data set; empty if every file is as it was written.

    Parameters
    ----------
    folder
        The data set.
    progress
        Called with the number of files checked.

    Raises
    ------
    OutputError
        If there is no finished data set.
    """
    places = DatasetPaths(Path(folder))
    if not places.done.exists():
        unfinished = places.plan.exists()
        raise OutputError(
            f"{folder} holds a data set that is not finished: run the command that began it again."
            if unfinished
            else f"{folder} holds no data set."
        )
    problems: list[str] = []
    try:
        expected = json.loads(places.done.read_text(encoding="utf-8"))["manifest_sha256"]
        if sha256_of_file(places.manifest) != expected:
            problems.append("manifest.csv: changed since the data set was made")
    except (OSError, ValueError, KeyError) as error:
        raise OutputError(f"{folder}: dataset.json or manifest.csv can't be read ({error}).") from error
    listed = set(_OF_THE_WHOLE)
    with places.manifest.open(encoding="utf-8", newline="") as file:
        for number, row in enumerate(csv.DictReader(file), 1):
            listed.add(row["path"])
            problem = _problem(places.root / row["path"], row)
            if problem and len(problems) < _MOST_PROBLEMS:
                problems.append(f"{row['path']}: {problem}")
            if progress:
                progress(number)
    for path in sorted(places.root.rglob("*")):
        name = path.relative_to(places.root).as_posix()
        if path.is_file() and name not in listed and len(problems) < _MOST_PROBLEMS:
            problems.append(f"{name}: not in the manifest")
    return problems


def _problem(path: Path, row: dict[str, str]) -> str | None:
    try:
        if path.stat().st_size != int(row["size"]):
            return f"{path.stat().st_size} bytes, not {row['size']}"
        return None if sha256_of_file(path) == row["sha256"] else "other content than written"
    except OSError as error:
        return error.strerror or str(error)
