"""Lines of JSON (https://jsonlines.org): a value a line, written and read one at a time."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from .atomic_output import output_file
from .json_file import json_line


def write_json_lines(path: Path, values: Iterable[Any]) -> None:
    """Write each value as a line of JSON; the file is complete or not there, and replaces one that was.

    Raises
    ------
    OutputError
        The file can't be written, or the disk is full.

    Examples
    --------
    >>> write_json_lines(Path("joints.jsonl"), ({"joint": name} for name in ("MCP2", "PIP2")))
    >>> [line["joint"] for line in read_json_lines(Path("joints.jsonl"))]
    ['MCP2', 'PIP2']
    """
    with output_file(path, overwrite=True) as place, place.open("w", encoding="ascii", newline="\n") as file:
        file.writelines(json_line(value) + "\n" for value in values)


def read_json_lines(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the objects of `write_json_lines`, one by one.

    Raises
    ------
    OSError
        The file can't be read.
    ValueError
        A line is no JSON.

    Examples
    --------
    >>> _ = Path("widths.jsonl").write_text('{"jsw": 1.5}')
    >>> list(read_json_lines(Path("widths.jsonl")))
    [{'jsw': 1.5}]
    """
    with path.open(encoding="ascii") as file:
        for line in file:
            yield json.loads(line)
