"""The table 'Changes since an earlier film': one row for each joint of either film."""

from __future__ import annotations

import math
from collections.abc import Sequence

import vtk

from ..follow_up import JointChange
from ..measurement import JointSpaceWidth
from ..translation import tr as _
from .change_format import verdict_text
from .film import Film
from .jsw_format import quality_text
from .node_attributes import BASELINE_REFERENCE, CHANGE_TABLE
from .node_references import remove_node
from .shared_nodes import find_shared, make_shared

_NOTHING = "-"
"""Slicer's reader of tables stumbles over a row that begins with an empty text."""
_CLASS_NAME = "vtkMRMLTableNode"


def write_change_table(film: Film, baseline: Film, changes: Sequence[JointChange]) -> vtk.vtkObject:
    """Write the changes of a film's joints since an earlier film into its table node; return the node."""
    title = _("Changes since {film}").format(film=baseline.name)
    table = change_table_of(film)
    if table is None:
        table = make_shared(film, CHANGE_TABLE, _CLASS_NAME, title, lambda node: _fill(node, changes))
    else:
        if table.GetNodeReference(BASELINE_REFERENCE) is not baseline.node:
            table.SetName(film.node.GetScene().GenerateUniqueName(title))
        _fill(table, changes)
    table.SetNodeReferenceID(BASELINE_REFERENCE, baseline.node.GetID())
    return table


def change_table_of(film: Film) -> vtk.vtkObject | None:
    """Return the table of a film's changes; None where there is none."""
    return find_shared(film, CHANGE_TABLE, _CLASS_NAME)


def remove_change_table(film: Film) -> None:
    """Remove the table of a film's changes."""
    table = change_table_of(film)
    if table is not None:
        remove_node(table)


def _fill(table: vtk.vtkObject, changes: Sequence[JointChange]) -> None:
    data = vtk.vtkTable()
    rows = [_row(change) for change in changes]
    table.SetUseColumnTitleAsColumnHeader(True)
    for name, title in _titles().items():
        values = [row[name] for row in rows]
        column = vtk.vtkStringArray() if name in _TEXTS else vtk.vtkDoubleArray()
        column.SetName(name)
        for value in values:
            column.InsertNextValue(value)
        data.AddColumn(column)
        table.SetColumnTitle(name, title)
    table.SetAndObserveTable(data)


def _row(change: JointChange) -> dict[str, str | float]:
    low, high = change.interval or (None, None)
    return {
        "side": change.side or _NOTHING,
        "joint": change.name,
        **_width("then", change.baseline),
        **_width("now", change.follow_up),
        "change": _number(change.change),
        "change low": _number(low),
        "change high": _number(high),
        "detectable": _number(change.detectable_change),
        "unit": change.unit,
        "verdict": verdict_text(change.verdict),
        "reason": change.reason or _NOTHING,
        "note": change.note or _NOTHING,
    }


def _width(visit: str, jsw: JointSpaceWidth | None) -> dict[str, str | float]:
    """Return the columns of the width on one film, in that film's own unit."""
    if jsw is None:
        lengths: tuple[float | None, ...] = (None, None, None)
        return {**_lengths(visit, lengths), f"{visit} unit": _NOTHING, f"{visit} quality": _NOTHING}
    low, high = jsw.interval or (None, None)
    return {
        **_lengths(visit, (jsw.mean, low, high)),
        f"{visit} unit": jsw.unit,
        f"{visit} quality": "; ".join((quality_text(jsw.quality), *jsw.findings)),
    }


def _lengths(visit: str, lengths: Sequence[float | None]) -> dict[str, str | float]:
    names = (visit, f"{visit} low", f"{visit} high")
    return {name: _number(length) for name, length in zip(names, lengths, strict=True)}


_TEXTS = (
    *("side", "joint", "then unit", "then quality", "now unit", "now quality"),
    *("unit", "verdict", "reason", "note"),
)


def _titles() -> dict[str, str]:
    return {
        "side": _("Side"),
        "joint": _("Joint"),
        "then": _("JSW then"),
        "then low": _("JSW then, 90 % from"),
        "then high": _("JSW then, 90 % to"),
        "then unit": _("Unit then"),
        "then quality": _("Quality then"),
        "now": _("JSW now"),
        "now low": _("JSW now, 90 % from"),
        "now high": _("JSW now, 90 % to"),
        "now unit": _("Unit now"),
        "now quality": _("Quality now"),
        "change": _("Change"),
        "change low": _("Change, 90 % from"),
        "change high": _("Change, 90 % to"),
        "detectable": _("Smallest detectable change"),
        "unit": _("Unit"),
        "verdict": _("Verdict"),
        "reason": _("Reason"),
        "note": _("Note"),
    }


def _number(value: float | None) -> float:
    """Return a length with three decimals, NaN where there is none."""
    return math.nan if value is None else round(value, 3)
