"""Where slice views look, and how much of the film a pixel of the screen shows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import vtk
from numpy.typing import NDArray

from ..radiograph import Rectangle
from ..scene.film_geometry import FilmGeometry, to_numpy, to_vtk

BORDER = 1.05
"""What is fitted into a view leaves this much room around it."""
_USEFUL_SHARE = 0.25
"""Part of a view's shorter side that a joint takes at least, to be worked on."""
_SLACK = 0.01
"""Part of a view by which an area may reach out of it and still be in sight."""
_SAME = 1e-6
_STRAIGHT = 0.999
"""Cosine between a view's normal and the film's, above which the film is seen straight on."""


@dataclass(frozen=True, eq=False)
class ViewPlace:
    """What a view shows, whatever its size."""

    centre: NDArray[np.float64]
    """(3,) RAS of the point in its middle."""
    mm_per_px: float
    """Magnification: mm of the scene that a pixel of the screen takes."""

    def is_same(self, other: ViewPlace) -> bool:
        """Tell whether two places are one, but for rounding."""
        return bool(
            np.allclose(self.centre, other.centre, atol=_SAME * max(self.mm_per_px, 1.0))
            and np.isclose(self.mm_per_px, other.mm_per_px, rtol=_SAME, atol=0.0)
        )


def size_of(view: vtk.vtkObject) -> tuple[int, int]:
    """Return columns and rows of a view in pixels of the screen."""
    columns, rows, _depth = view.GetDimensions()
    return max(int(columns), 1), max(int(rows), 1)


def place_of(view: vtk.vtkObject) -> ViewPlace:
    """Return what a view shows now."""
    columns, rows = size_of(view)
    to_ras = to_numpy(view.GetXYToRAS())
    centre = to_ras @ np.array([columns / 2, rows / 2, 0.0, 1.0])
    return ViewPlace(centre[:3], float(np.linalg.norm(to_ras[:3, 0])))


def put_view(view: vtk.vtkObject, geometry: FilmGeometry, place: ViewPlace) -> None:
    """Let a view look straight at the film, at a place; what is so already is left alone."""
    columns, rows = size_of(view)
    depth = view.GetFieldOfView()[2]
    width, height = place.mm_per_px * columns, place.mm_per_px * rows
    to_slice = np.diag([place.mm_per_px, place.mm_per_px, depth / max(view.GetDimensions()[2], 1), 1.0])
    to_slice[:2, 3] = -width / 2, -height / 2
    slice_to_ras = film_to_view(geometry, place.centre)
    to_ras = slice_to_ras @ to_slice
    if np.allclose(to_numpy(view.GetXYToRAS()), to_ras, atol=_SAME):
        return
    was_modifying = view.StartModify()
    view.SetXYZOrigin(0.0, 0.0, 0.0)
    view.GetSliceToRAS().DeepCopy(to_vtk(slice_to_ras))
    view.SetFieldOfView(width, height, depth)
    view.UpdateMatrices()
    if not np.allclose(to_numpy(view.GetXYToRAS()), to_ras, atol=_SAME):
        # A view that tells of a change while it works its matrices out would not do so again.
        view.GetXYToSlice().DeepCopy(to_vtk(to_slice))
        view.GetXYToRAS().DeepCopy(to_vtk(to_ras))
        view.Modified()
    view.EndModify(was_modifying)


def on_film(geometry: FilmGeometry, place: ViewPlace) -> ViewPlace:
    """Return the same place with its centre in the film's plane."""
    return ViewPlace(geometry.to_ras(geometry.to_px(place.centre)), place.mm_per_px)


def fit_area(views: Iterable[vtk.vtkObject], geometry: FilmGeometry, area: Rectangle) -> ViewPlace:
    """Return the place at which every view shows an area of the film (in its pixels), with a border."""
    width, height = _size_mm(geometry, area)
    sizes = [size_of(view) for view in views]
    scales = [max(width / columns, height / rows) for columns, rows in sizes]
    return ViewPlace(centre_of(geometry, area), BORDER * max(scales, default=1.0))


def centre_of(geometry: FilmGeometry, area: Rectangle) -> NDArray[np.float64]:
    """Return the centre (3,) of an area of the film, in RAS."""
    # Pixels have their centres at integers: an area of n pixels ends half a pixel before the n-th.
    return geometry.to_ras(np.array([(area.left + area.right - 1) / 2, (area.top + area.bottom - 1) / 2]))


def is_in_sight(view: vtk.vtkObject, geometry: FilmGeometry, area: Rectangle) -> bool:
    """Tell whether a view shows the whole of an area of the film."""
    place = place_of(view)
    away = np.abs(geometry.to_px(place.centre) - geometry.to_px(centre_of(geometry, area)))
    row_mm, column_mm = geometry.step_mm
    reach = away * (column_mm, row_mm) + np.array(_size_mm(geometry, area)) / 2
    half = np.array(size_of(view)) * place.mm_per_px / 2
    return bool((reach <= half * (1 + _SLACK)).all())


def is_useful(view: vtk.vtkObject, mm_per_px: float, geometry: FilmGeometry, area: Rectangle) -> bool:
    """Tell whether an area fits into a view at a magnification, and is large enough to be worked on."""
    size = np.array(size_of(view)) * mm_per_px
    area_mm = np.array(_size_mm(geometry, area))
    return bool((area_mm <= size * (1 + _SLACK)).all() and area_mm.max() >= _USEFUL_SHARE * size.min())


def looks_straight(view: vtk.vtkObject, geometry: FilmGeometry) -> bool:
    """Tell whether a view looks straight at the film."""
    normal = np.cross(geometry.x_step, geometry.y_step)
    across = to_numpy(view.GetSliceToRAS())[:3, 2]
    return bool(abs(across @ normal) > _STRAIGHT * np.linalg.norm(normal))


def film_to_view(geometry: FilmGeometry, centre: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return SliceToRAS (4, 4) of a view in which the film is seen as it is: rows go down."""
    right = geometry.x_step / np.linalg.norm(geometry.x_step)
    up = -geometry.y_step / np.linalg.norm(geometry.y_step)
    normal = np.cross(right, up)
    # As Slicer's own presets: the normal points to patient right, anterior or superior.
    normal *= 1.0 if normal[np.argmax(np.abs(normal))] > 0 else -1.0
    matrix = np.eye(4)
    matrix[:3, 0], matrix[:3, 1], matrix[:3, 2], matrix[:3, 3] = right, up, normal, centre
    return matrix


def _size_mm(geometry: FilmGeometry, area: Rectangle) -> tuple[float, float]:
    """Width and height of an area in the scene's unit."""
    row_mm, column_mm = geometry.step_mm
    return (area.right - area.left) * column_mm, (area.bottom - area.top) * row_mm
