"""Checking a data set against its manifest and its schemas."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from pathlib import Path

from ...errors import InputError, OutputError
from ...files import read_json, sha256_of_file, validate_json
from ..plan.dataset_paths import DatasetPaths
from ..plan.plan_file import PLAN_SCHEMA
from .summary import DATASET_SCHEMA

_MOST_PROBLEMS = 1000


def verify(folder: Path, progress: Callable[[int], None] | None = None) -> list[str]:
    """Return what is wrong with a finished data set; empty if every file is as it was written.

    Parameters
    ----------
    folder
        The data set.
    progress
        Called with the number of files checked.

    Returns
    -------
    list of str
        File and fault of each problem, at most a thousand.

    Raises
    ------
    OutputError
        If there is no finished data set.

    Examples
    --------
    >>> verify(Path("nowhere"))
    Traceback (most recent call last):
    ...
    LayerSeparationLib.errors.OutputError: nowhere holds no data set.
    """
    paths = DatasetPaths(Path(folder))
    if not paths.is_complete:
        raise OutputError(
            f"{folder} holds a data set that is not finished: run the command that began it again."
            if paths.plan.exists()
            else f"{folder} holds no data set."
        )
    problems: list[str] = []
    for problem in _problems(paths, progress or (lambda _checked: None)):
        problems.append(problem)
        if len(problems) >= _MOST_PROBLEMS:
            break
    return problems


def _problems(paths: DatasetPaths, progress: Callable[[int], None]) -> Iterator[str]:
    listed = {paths.summary.name, paths.manifest.name}
    yield from _problems_of_json(paths.summary, DATASET_SCHEMA)
    yield from _problems_of_json(paths.plan, PLAN_SCHEMA)
    try:
        expected = read_json(paths.summary)["manifest_sha256"]
        if sha256_of_file(paths.manifest) != expected:
            yield f"{paths.manifest.name}: changed since the data set was made"
    except (InputError, OSError, KeyError, TypeError) as error:
        raise OutputError(f"{paths.root}: dataset.json or manifest.csv can't be read ({error}).") from error
    with paths.manifest.open(encoding="utf-8", errors="backslashreplace", newline="") as file:
        rows = csv.DictReader(file)
        if not {"path", "size", "sha256"} <= set(rows.fieldnames or ()):
            yield f"{paths.manifest.name}: it has no columns path, size and sha256"
            return
        try:
            for number, row in enumerate(rows, 1):
                name = row["path"] or ""
                listed.add(name)
                fault = _fault_of_file(paths.root / name, row)
                if fault:
                    yield f"{name}: {fault}"
                progress(number)
        except csv.Error as error:
            yield f"{paths.manifest.name}: can't be read to its end ({error})"
    for path in sorted(paths.root.rglob("*")):
        name = path.relative_to(paths.root).as_posix()
        if path.is_file() and name not in listed:
            yield f"{name}: not in the manifest"


def _problems_of_json(path: Path, schema: Path) -> Iterator[str]:
    try:
        validate_json(read_json(path), schema)
    except InputError as error:
        yield f"{path.name}: {error}"


def _fault_of_file(path: Path, row: dict[str, str]) -> str | None:
    try:
        if str(path.stat().st_size) != row["size"]:
            return f"{path.stat().st_size} bytes, not {row['size']}"
        return None if sha256_of_file(path) == row["sha256"] else "other content than written"
    # A name with a zero byte is a ValueError.
    except (OSError, ValueError) as error:
        return getattr(error, "strerror", None) or str(error)
