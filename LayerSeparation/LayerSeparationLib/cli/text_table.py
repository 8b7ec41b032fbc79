"""Tables for people on a terminal."""

from __future__ import annotations

from collections.abc import Sequence

from ..files.visible_text import visible

NOTHING = "-"
"""In place of what is not there."""


def format_table(titles: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """Return the lines of a table, without the columns in which no row has anything.

    Examples
    --------
    >>> format_table(("joint", "change", "quality"), [("MCP2", "-", "measured"), ("IP1", "-", "check")])
    ['joint  quality', 'MCP2   measured', 'IP1    check']
    """
    shown = [number for number in range(len(titles)) if any(row[number] != NOTHING for row in rows)]
    cells = [[visible(row[number]) for number in shown] for row in (titles, *rows)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in cells
    ]
