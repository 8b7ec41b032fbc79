"""Thin lines over a film as a model that slice views project: cheap to move, without handles or labels."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import slicer
import vtk
from numpy.typing import NDArray
from vtk.util import numpy_support

from .overlay_nodes import OverlayNodes
from .view_windows import pixel_ratio

_HALO_COLOR, _HALO_OPACITY = (0.0, 0.0, 0.0), 0.55
_HALO_PX = 1
"""How far the dark halo reaches out on either side of a line."""


class LineModel:
    """Several polylines of one colour, with a dark halo that keeps them legible on a bright film.

    Parameters
    ----------
    nodes
        Makes the model when it is first drawn, and when the user has removed it.
    role
        What it is, for `OverlayNodes`.
    name
        Of the node.
    color
        Red, green, blue, each 0..1.
    width_px
        Of the line, at 100 % scaling of the display.
    """

    def __init__(
        self,
        nodes: OverlayNodes,
        role: str,
        name: str,
        color: tuple[float, float, float],
        width_px: int = 1,
    ) -> None:
        self._nodes, self._role, self._name = nodes, role, name
        self._color, self._width_px = color, width_px
        self._counts: list[int] = []
        self._is_visible = False

    @property
    def node(self) -> vtk.vtkObject | None:
        """The model; None before it is first drawn."""
        return self._nodes.find(self._role)

    @property
    def displays(self) -> list[vtk.vtkObject]:
        """The model's display nodes: halo and line."""
        node = self.node
        return (
            [] if node is None else [node.GetNthDisplayNode(n) for n in range(node.GetNumberOfDisplayNodes())]
        )

    def draw(self, lines: Sequence[NDArray[np.float64]]) -> None:
        """Draw polylines, (n, 3) points in RAS each."""
        node, made = self._nodes.find_or_make(self._role, "vtkMRMLModelNode", self._name)
        if made:
            node.SetSelectable(False)
            self._make_displays(node)
        counts = [len(line) for line in lines]
        points = np.concatenate(lines) if lines else np.empty((0, 3))
        data = node.GetPolyData()
        if made or data is None or counts != self._counts:
            node.SetAndObservePolyData(_poly_data(points, counts))
            self._counts = counts
            return
        numpy_support.vtk_to_numpy(data.GetPoints().GetData())[...] = points
        data.GetPoints().Modified()
        data.Modified()

    def show(self, visible: bool) -> None:
        """Show or hide the lines."""
        self._is_visible = visible
        for display in self.displays:
            if bool(display.GetVisibility()) != visible:
                display.SetVisibility(visible)

    def show_in(self, view_ids: Sequence[str]) -> None:
        """Show the lines in these views only; in all where the list is empty."""
        for display in self.displays:
            if list(display.GetViewNodeIDs()) != list(view_ids):
                display.SetViewNodeIDs(list(view_ids))

    def _make_displays(self, node: vtk.vtkObject) -> None:
        scale = pixel_ratio()
        # The one that comes first is drawn first.
        for color, width_px, opacity in (
            (_HALO_COLOR, self._width_px + 2 * _HALO_PX, _HALO_OPACITY),
            (self._color, self._width_px, 1.0),
        ):
            display = slicer.vtkMRMLModelDisplayNode()
            display.SetSaveWithScene(False)
            display.SetHideFromEditors(True)
            display.SetColor(*color)
            display.SetVisibility(self._is_visible)
            display.SetVisibility3D(False)
            display.SetVisibility2D(True)
            # The film's plane meets a line in it only up to rounding; projected, it is drawn whole.
            display.SetSliceDisplayModeToProjection()
            display.SetSliceIntersectionThickness(max(1, round(width_px * scale)))
            display.SetSliceIntersectionOpacity(opacity)
            node.GetScene().AddNode(display)
            node.AddAndObserveDisplayNodeID(display.GetID())


def dashed(line: NDArray[np.float64], dash: float) -> list[NDArray[np.float64]]:
    """Return the dashes of a polyline (n, 3): as long as the gaps between them, in the line's own unit."""
    way = np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(line, axis=0), axis=1))])
    count = max(int(np.ceil((way[-1] / dash + 1) / 2)), 1)
    starts = 2 * dash * np.arange(count)
    ends = np.minimum(starts + dash, way[-1])
    dashes = []
    for start, end in zip(starts, ends, strict=True):
        inside = way[(way > start) & (way < end)]
        places = np.concatenate([[start], inside, [end]])
        dashes.append(np.column_stack([np.interp(places, way, axis) for axis in line.T]))
    return dashes


def _poly_data(points: NDArray[np.float64], counts: list[int]) -> vtk.vtkPolyData:
    offsets = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    cells = vtk.vtkCellArray()
    cells.SetData(
        numpy_support.numpy_to_vtk(offsets, deep=True, array_type=vtk.VTK_ID_TYPE),
        numpy_support.numpy_to_vtk(
            np.arange(len(points), dtype=np.int64), deep=True, array_type=vtk.VTK_ID_TYPE
        ),
    )
    places = vtk.vtkPoints()
    places.SetDataTypeToDouble()
    places.SetData(numpy_support.numpy_to_vtk(np.ascontiguousarray(points), deep=True))
    data = vtk.vtkPolyData()
    data.SetPoints(places)
    data.SetLines(cells)
    return data
