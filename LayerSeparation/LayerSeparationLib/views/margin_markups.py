"""The two articular margins and the joint space width, drawn over the film; they follow the edit."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import vtk
from numpy.typing import NDArray

from ..joints import CANONICAL_SIZE_PX
from ..joints.affine import map_points
from ..measurement import JointSpaceWidth, Margins
from ..translation import tr as _

if TYPE_CHECKING:
    from ..scene.scene_joint import SceneJoint

UPPER, LOWER, RULER = "margins_upper", "margins_lower", "margins_ruler"
MARGIN_ROLES = (UPPER, LOWER, RULER)
_COLORS = {UPPER: (0.902, 0.624, 0.0), LOWER: (0.0, 0.447, 0.698), RULER: (1.0, 1.0, 1.0)}
_POINTS = 24
"""A margin is a smooth curve: more points cost time at every step of an edit and show nothing new."""
_BESIDE_PX = 12
"""Distance of the ruler from the bones, in canonical pixels: 1 mm."""
_ROOM = "\N{NO-BREAK SPACE}" * 3
_MARGIN_MM, _RULER_MM, _TICK_MM = 0.08, 0.12, 0.8


def update_margins(joint: SceneJoint) -> None:
    """Draw margins and JSW of the edited joint, made where they are missing; hidden where there is no JSW."""
    jsw = joint.jsw_after
    if jsw is None or jsw.margins is None:
        _set_visible(joint, False)
        return
    lines = {
        UPPER: _thin_out(jsw.upper_margin_px),
        LOWER: _thin_out(jsw.lower_margin_px),
        RULER: _ruler(joint, jsw.margins),
    }
    for role, points_px in lines.items():
        _draw(joint, role, points_px)
    ruler = joint.references.find(RULER)
    if ruler is not None:
        # Slicer draws the name at the ruler's middle: without room the ruler lies over the first letter.
        ruler.SetName(_ROOM + _label(jsw))
    _set_visible(joint, _are_wanted(joint))


def show_margins(joint: SceneJoint, visible: bool) -> None:
    """Show or hide margins and JSW; they stay so through later edits."""
    joint.line.SetAttribute("LayerSeparation.margins", "shown" if visible else "hidden")
    if visible:
        update_margins(joint)
    else:
        _set_visible(joint, False)


def _are_wanted(joint: SceneJoint) -> bool:
    return bool(joint.line.GetAttribute("LayerSeparation.margins") != "hidden")


def _set_visible(joint: SceneJoint, visible: bool) -> None:
    for role in MARGIN_ROLES:
        node = joint.references.find(role)
        if node is not None and node.GetDisplayNode() is not None:
            node.GetDisplayNode().SetVisibility(visible)


def _draw(joint: SceneJoint, role: str, points_px: NDArray[np.float64]) -> None:
    is_ruler = role == RULER
    class_name = "vtkMRMLMarkupsLineNode" if is_ruler else "vtkMRMLMarkupsCurveNode"
    names = {UPPER: _("upper margin"), LOWER: _("lower margin"), RULER: _("JSW")}
    node, made = joint.references.find_or_make(role, class_name, names[role])
    points = vtk.vtkPoints()
    for point in joint.film.to_ras(points_px):
        points.InsertNextPoint(*point)
    node.SetControlPointPositionsWorld(points)
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
    node.SetLocked(True)
    node.SetSelectable(False)
    node.CreateDefaultDisplayNodes()
    display = node.GetDisplayNode()
    if display is None:
        return
    for set_color in (display.SetColor, display.SetSelectedColor):
        set_color(*_COLORS[role])
    display.SetUseGlyphScale(False)
    display.SetGlyphSize(_TICK_MM if is_ruler else _MARGIN_MM)
    display.SetGlyphTypeFromString("Dash2D" if is_ruler else "Vertex2D")
    display.SetCurveLineSizeMode(display.UseLineDiameter)
    display.SetLineDiameter(_RULER_MM if is_ruler else _MARGIN_MM)
    display.SetPointLabelsVisibility(False)
    display.SetPropertiesLabelVisibility(is_ruler)
    display.SetTextScale(2.5)
    display.SetOccludedVisibility(False)
    display.SetVisibility3D(False)
    display.SetHandlesInteractive(False)


def _thin_out(points_px: NDArray[np.float64]) -> NDArray[np.float64]:
    kept = np.unique(np.linspace(0, len(points_px) - 1, min(_POINTS, len(points_px))).round().astype(int))
    thinned: NDArray[np.float64] = points_px[kept]
    return thinned


def _ruler(joint: SceneJoint, margins: Margins) -> NDArray[np.float64]:
    """Return the ends (2, 2) in px of a double arrow as long as the mean JSW, on the right of the joint."""
    layers = joint.layers
    assert layers is not None
    columns, _widths = margins.widths()
    right = max(margins.upper_extent[1], margins.lower_extent[1]) + _BESIDE_PX
    heights = [np.interp(columns, line[:, 0], line[:, 1]).mean() for line in (margins.upper, margins.lower)]
    ends = np.array([[min(right, CANONICAL_SIZE_PX - 1.0), height] for height in heights])
    return map_points(layers.crop.canonical_to_film, ends)


def _label(jsw: JointSpaceWidth) -> str:
    if jsw.mean is None:
        return _("JSW: none")
    number = f"{jsw.mean:.2f}" if jsw.unit == "mm" else f"{jsw.mean:.0f}"
    return _("JSW {number} {unit}").format(number=number, unit=jsw.unit)
