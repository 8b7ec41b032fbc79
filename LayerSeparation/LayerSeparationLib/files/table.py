"""Comma-separated tables (RFC 4180) that spreadsheets and pandas read alike."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from .json_file import plain
from .visible_text import as_cell


def write_table(path: str | Path, columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> None:
    """Write rows as CSV with a header line.

    Parameters
    ----------
    path
        File to write; an existing one is replaced.
    columns
        Header, in order. A row may leave a column out; one that is not here is an error.
    rows
        Column -> value. None and what is not finite become an empty field; a text that a spreadsheet would
        take for a formula begins with an apostrophe.

    Raises
    ------
    ValueError
        A row has a column that the header lacks.

    Examples
    --------
    >>> write_table("jsw.csv", ["joint", "jsw_mm"], [{"joint": "MCP2", "jsw_mm": 1.5}, {"joint": "MCP3"}])
    >>> Path("jsw.csv").read_text().splitlines()
    ['joint,jsw_mm', 'MCP2,1.5', 'MCP3,']
    """
    with Path(path).open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, restval="", lineterminator="\n")
        writer.writeheader()
        for row in rows:
            writer.writerow({column: _field(value) for column, value in row.items()})


def _field(value: Any) -> Any:
    simple = plain(value)
    if isinstance(simple, str):
        return as_cell(simple)
    return "" if simple is None else simple
