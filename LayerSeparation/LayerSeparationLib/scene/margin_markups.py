"""The two articular margins and the joint space width, drawn over the film; they follow the edit."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import vtk

from ..measurement import JointSpaceWidth
from ..translation import tr as _

if TYPE_CHECKING:
    from .scene_joint import SceneJoint

UPPER, LOWER, RULER = "margins_upper", "margins_lower", "margins_ruler"
MARGIN_ROLES = (UPPER, LOWER, RULER)
_COLORS = {UPPER: (0.902, 0.624, 0.0), LOWER: (0.0, 0.447, 0.698), RULER: (1.0, 1.0, 1.0)}
_POINTS = 24
"""A margin is a smooth curve: more points cost time at every step of an edit and show nothing new."""


def update_margins(joint: SceneJoint) -> None:
    """Draw margins and JSW of the edited joint, made where they are missing; hidden where there is no JSW."""
    jsw = joint.jsw_after
    if jsw is None or jsw.margins is None:
        _set_visible(joint, False)
        return
    first, last = _middle_of(jsw)
    lines = {UPPER: _thinned(jsw.upper_margin_px), LOWER: _thinned(jsw.lower_margin_px)}
    lines[RULER] = np.array([first, last])
    for role, points_px in lines.items():
        _draw(joint, role, points_px)
    ruler = joint.owner.find(RULER)
    if ruler is not None:
        ruler.SetName(_label(jsw))
    _set_visible(joint, _wanted(joint))


def show_margins(joint: SceneJoint, visible: bool) -> None:
    """Show or hide margins and JSW; they stay so through later edits."""
    joint.line.SetAttribute("LayerSeparation.margins", "shown" if visible else "hidden")
    if visible:
        update_margins(joint)
    else:
        _set_visible(joint, False)


def _wanted(joint: SceneJoint) -> bool:
    return joint.line.GetAttribute("LayerSeparation.margins") != "hidden"


def _set_visible(joint: SceneJoint, visible: bool) -> None:
    for role in MARGIN_ROLES:
        node = joint.owner.find(role)
        if node is not None and node.GetDisplayNode() is not None:
            node.GetDisplayNode().SetVisibility(visible)


def _draw(joint: SceneJoint, role: str, points_px: np.ndarray) -> None:
    is_ruler = role == RULER
    class_name = "vtkMRMLMarkupsLineNode" if is_ruler else "vtkMRMLMarkupsCurveNode"
    names = {UPPER: _("upper margin"), LOWER: _("lower margin"), RULER: _("JSW")}
    node, made = joint.owner.find_or_make(role, class_name, names[role])
    points = vtk.vtkPoints()
    for point in joint.film.to_ras(points_px):
        points.InsertNextPoint(*point)
    # A locked markup refuses new positions.
    node.SetLocked(False)
    node.SetControlPointPositionsWorld(points)
    node.SetLocked(True)
    if made:
        _style(node, role)


def _style(node: vtk.vtkObject, role: str) -> None:
    """Thin, out of the way, without the length that Slicer would measure in its own unit."""
    is_ruler = role == RULER
    if not is_ruler:
        node.SetCurveTypeToLinear()
    measurement = node.GetMeasurement("length")
    if measurement is not None:
        measurement.SetEnabled(False)
    node.SetSelectable(False)
    node.CreateDefaultDisplayNodes()
    display = node.GetDisplayNode()
    if display is None:
        return
    for set_color in (display.SetColor, display.SetSelectedColor):
        set_color(*_COLORS[role])
    display.SetUseGlyphScale(False)
    display.SetGlyphSize(0.05)
    display.SetGlyphTypeFromString("Vertex2D" if not is_ruler else "ThickCross2D")
    display.SetCurveLineSizeMode(display.UseLineThickness)
    display.SetLineThickness(0.25)
    display.SetPointLabelsVisibility(False)
    display.SetPropertiesLabelVisibility(is_ruler)
    display.SetTextScale(2.5)
    display.SetOccludedVisibility(False)
    display.SetVisibility3D(False)
    display.SetHandlesInteractive(False)


def _thinned(points_px: np.ndarray) -> np.ndarray:
    kept = np.unique(np.linspace(0, len(points_px) - 1, min(_POINTS, len(points_px))).round().astype(int))
    return points_px[kept]


def _middle_of(jsw: JointSpaceWidth) -> tuple[np.ndarray, np.ndarray]:
    """Return the ends (x, y) in px of the ruler: across the joint space in its middle, along its axis."""
    assert jsw.margins is not None
    columns, _widths = jsw.margins.widths()
    middle = float(columns.mean())
    ends = []
    for canonical, film in (
        (jsw.margins.upper, jsw.upper_margin_px),
        (jsw.margins.lower, jsw.lower_margin_px),
    ):
        ends.append([np.interp(middle, canonical[:, 0], film[:, axis]) for axis in (0, 1)])
    return np.array(ends[0]), np.array(ends[1])


def _label(jsw: JointSpaceWidth) -> str:
    if jsw.mean is None:
        return _("JSW: none")
    number = f"{jsw.mean:.2f}" if jsw.unit == "mm" else f"{jsw.mean:.0f}"
    return _("JSW {number} {unit}").format(number=number, unit=jsw.unit)
