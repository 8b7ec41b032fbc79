"""The square that a joint takes of the film, drawn thin and out of the way."""

from __future__ import annotations

import numpy as np
import vtk

from ..joints import CANONICAL_SIZE_PX, JointCrop
from ..joints.crop import to_points
from .film_geometry import FilmGeometry

_COLOR, _SELECTED_COLOR = (0.55, 0.55, 0.55), (1.0, 0.85, 0.3)


def draw_box(curve: vtk.vtkObject, crop: JointCrop, geometry: FilmGeometry) -> None:
    """Lay a closed curve around the joint's square."""
    edge = CANONICAL_SIZE_PX - 0.5
    corners = np.array([[-0.5, -0.5], [edge, -0.5], [edge, edge], [-0.5, edge]])
    points = vtk.vtkPoints()
    for corner in geometry.to_ras(to_points(crop.canonical_to_film, corners)):
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
    display.SetGlyphScale(0.1)
    display.SetCurveLineSizeMode(display.UseLineThickness)
    display.SetLineThickness(0.1)
    display.SetPointLabelsVisibility(False)
    display.SetPropertiesLabelVisibility(False)
    display.SetVisibility3D(False)
    # The film's plane is the slice: the box is shown wherever that slice is.
    display.SetSliceProjection(False)
    select_box(curve, False)


def select_box(curve: vtk.vtkObject, selected: bool) -> None:
    """Show the box of the selected joint brighter."""
    display = curve.GetDisplayNode()
    if display is not None:
        display.SetSelectedColor(*(_SELECTED_COLOR if selected else _COLOR))
        display.SetColor(*(_SELECTED_COLOR if selected else _COLOR))
