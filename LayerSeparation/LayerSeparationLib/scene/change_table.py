"""The table 'Changes since an earlier film': one row for each joint of either film."""

from __future__ import annotations

import math
from collections.abc import Sequence

import vtk

from ..follow_up import JointChange
from ..translation import tr as _
from .change_format import verdict_text
from .film import Film
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
        "then": _number(change.baseline.mean if change.baseline is not None else None),
        "now": _number(change.follow_up.mean if change.follow_up is not None else None),
        "change": _number(change.change),
        "change low": _number(low),
        "change high": _number(high),
        "detectable": _number(change.detectable_change),
        "unit": change.unit,
        "verdict": verdict_text(change.verdict),
        "reason": change.reason or _NOTHING,
        "note": change.note or _NOTHING,
    }


_TEXTS = ("side", "joint", "unit", "verdict", "reason", "note")


def _titles() -> dict[str, str]:
    return {
        "side": _("Side"),
        "joint": _("Joint"),
        "then": _("JSW then"),
        "now": _("JSW now"),
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
