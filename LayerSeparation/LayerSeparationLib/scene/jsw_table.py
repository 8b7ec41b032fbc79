"""The table 'Joint space widths': one row for each joint of a film."""

from __future__ import annotations

import math

import vtk

from ..measurement import JointSpaceWidth
from ..translation import tr as _
from .film import source_text
from .jsw_format import quality_text
from .scene_joint import SceneJoint

COLUMNS = (
    *("side", "joint", "mean", "mean low", "mean high", "min", "min low", "min high"),
    *("after edit", "after edit low", "after edit high", "unit", "spacing source", "quality", "findings"),
    *("quality after edit", "findings after edit"),
)
_NOTHING = "-"
"""Slicer's reader of tables stumbles over a row that begins with an empty text."""
_NUMBERS = (
    *("mean", "mean low", "mean high", "min", "min low", "min high"),
    *("after edit", "after edit low", "after edit high"),
)


def fill_table(table: vtk.vtkObject, joints: list[SceneJoint]) -> None:
    """Write the rows of all joints into a table node."""
    data = vtk.vtkTable()
    for name in COLUMNS:
        column = vtk.vtkDoubleArray() if name in _NUMBERS else vtk.vtkStringArray()
        column.SetName(name)
        column.SetNumberOfValues(len(joints))
        data.AddColumn(column)
    table.SetUseColumnTitleAsColumnHeader(True)
    for name, title in zip(COLUMNS, _titles(), strict=True):
        table.SetColumnTitle(name, title)
    for row, joint in enumerate(joints):
        _fill(data, row, joint)
    table.SetAndObserveTable(data)


def fill_row(table: vtk.vtkObject, joints: list[SceneJoint], joint: SceneJoint) -> None:
    """Write the row of one joint; the whole table if it is not as it was left."""
    data = table.GetTable()
    names = tuple(data.GetColumnName(index) for index in range(data.GetNumberOfColumns()))
    row = joints.index(joint) if joint in joints else -1
    numeric = all(data.GetColumnByName(name).IsA("vtkDoubleArray") for name in _NUMBERS if name in names)
    if names != COLUMNS or not numeric or data.GetNumberOfRows() != len(joints) or row < 0:
        fill_table(table, joints)
        return
    _fill(data, row, joint)
    data.Modified()
    table.Modified()


def _fill(data: vtk.vtkTable, row: int, joint: SceneJoint) -> None:
    before, after = joint.jsw_before, joint.jsw_after
    layers = joint.layers
    mean, interval, minimum, minimum_interval = (
        (before.mean, before.interval, before.minimum, before.minimum_interval)
        if before is not None
        else (None, None, None, None)
    )
    values: dict[str, str | float] = {
        "side": joint.side or _NOTHING,
        "joint": joint.name,
        **_numbers("mean", mean, interval),
        **_numbers("min", minimum, minimum_interval),
        **_numbers("after edit", *((after.mean, after.interval) if after is not None else (None, None))),
        "unit": before.unit if before is not None else _NOTHING,
        "spacing source": source_text(layers.radiograph.spacing.source) if layers is not None else _NOTHING,
        "quality": _quality(before),
        "findings": _findings(before),
        "quality after edit": _quality(after),
        "findings after edit": _findings(after),
    }
    for name, value in values.items():
        data.GetColumnByName(name).SetValue(row, value)


def _numbers(name: str, value: float | None, interval: tuple[float, float] | None) -> dict[str, str | float]:
    low, high = interval or (None, None)
    return {name: _number(value), f"{name} low": _number(low), f"{name} high": _number(high)}


def _quality(jsw: JointSpaceWidth | None) -> str:
    return _NOTHING if jsw is None else quality_text(jsw.quality)


def _findings(jsw: JointSpaceWidth | None) -> str:
    return _NOTHING if jsw is None else "; ".join(jsw.findings) or _NOTHING


def _number(value: float | None) -> float:
    """Return a width with three decimals, NaN where there is none."""
    return math.nan if value is None else round(value, 3)


def _titles() -> tuple[str, ...]:
    return (
        _("Side"),
        _("Joint"),
        _("JSW mean"),
        _("JSW mean, 90 % from"),
        _("JSW mean, 90 % to"),
        _("JSW min"),
        _("JSW min, 90 % from"),
        _("JSW min, 90 % to"),
        _("JSW mean after edit"),
        _("JSW mean after edit, 90 % from"),
        _("JSW mean after edit, 90 % to"),
        _("Unit"),
        _("Pixel spacing"),
        _("Quality"),
        _("To look at"),
        _("Quality after edit"),
        _("To look at after edit"),
    )
