"""The square that a joint takes of the film, drawn thin and out of the way."""

from __future__ import annotations

import numpy as np
import vtk

from ..joints import CANONICAL_SIZE_PX, JointCrop
from ..joints.affine import map_points
from .film_geometry import FilmGeometry

_COLOR, _SELECTED_COLOR = (0.55, 0.55, 0.55), (1.0, 0.85, 0.3)
_GLYPH_SCALE, _LINE_THICKNESS = 0.6, 0.35
"""In per cent of the view, and as a part of that: lines narrower than a pixel break into dashes."""


def draw_box(curve: vtk.vtkObject, crop: JointCrop, geometry: FilmGeometry) -> None:
    """Lay a closed curve around the joint's square."""
    edge = CANONICAL_SIZE_PX - 0.5
    corners = np.array([[-0.5, -0.5], [edge, -0.5], [edge, edge], [-0.5, edge]])
    points = vtk.vtkPoints()
    for corner in geometry.to_ras(map_points(crop.canonical_to_film, corners)):
        points.InsertNextPoint(*corner)
    curve.SetLocked(False)
    curve.SetControlPointPositionsWorld(points)
    curve.SetLocked(True)


def style_box(curve: vtk.vtkObject) -> None:
    """Thin, without points and labels."""
    curve.SetCurveTypeToLinear()
    curve.SetLocked(True)
    curve.CreateDefaultDisplayNodes()
    display = curve.GetDisplayNode()
    if display is None:
        return
    display.SetGlyphScale(_GLYPH_SCALE)
    display.SetCurveLineSizeMode(display.UseLineThickness)
    display.SetLineThickness(_LINE_THICKNESS)
    display.SetPointLabelsVisibility(False)
    display.SetPropertiesLabelVisibility(False)
    display.SetVisibility3D(False)
    # A turned box meets the slice only up to rounding; projected, it is drawn whole.
    display.SetSliceProjection(True)
    display.SetSliceProjectionUseFiducialColor(True)
    display.SetSliceProjectionOpacity(1.0)
    select_box(curve, False)


def select_box(curve: vtk.vtkObject, selected: bool) -> None:
    """Show the box of the selected joint brighter."""
    display = curve.GetDisplayNode()
    if display is not None:
        display.SetSelectedColor(*(_SELECTED_COLOR if selected else _COLOR))
        display.SetColor(*(_SELECTED_COLOR if selected else _COLOR))
