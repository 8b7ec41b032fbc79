"""What differs between two films of a joint, as a volume on the earlier film."""

from __future__ import annotations

import numpy as np
import vtk
from numpy.typing import NDArray

from ..follow_up import JointChange
from ..follow_up.comparison_card import STRONGEST_DIFFERENCE
from ..scene.film_geometry import FilmGeometry
from ..scene.new_nodes import add_node, new_node
from ..scene.node_attributes import ROLE
from ..scene.node_references import remove_node
from ..scene.scalar_volumes import grey_display, write_volume
from ..translation import tr as _

_ROLE, _COLOR_ROLE = "shown_difference", "shown_difference_colors"
_BRIGHTER, _DARKER = (1.0, 0.62, 0.25), (0.34, 0.71, 0.91)
"""Orange and sky blue stay apart for every common kind of colour blindness."""
_COLORS = 256


class DifferenceVolume:
    """One volume, made when it is first looked at, and rewritten for another joint.

    It is in nobody's list, and not saved.

    Parameters
    ----------
    scene
        Gets the volume.
    """

    def __init__(self, scene: vtk.vtkObject) -> None:
        self._scene = scene
        self._volume: vtk.vtkObject | None = None
        self._written: JointChange | None = None

    def find_or_make(self, change: JointChange, baseline: FilmGeometry) -> vtk.vtkObject | None:
        """Return the volume of a joint's difference; None where the joint is not registered."""
        if change.registration is None or change.crops is None:
            return None
        volume = self._volume
        is_there = volume is not None and volume.GetScene() is self._scene
        if is_there and change is self._written:
            return volume
        matrix = baseline.grid_matrix(change.crops[0].canonical_to_film)
        if volume is None or not is_there:
            self._volume = volume = self._new(change.difference_image(), matrix)
        else:
            write_volume(volume, change.difference_image(), matrix)
        self._written = change
        return volume

    def close(self) -> None:
        """Remove the volume."""
        volume, self._volume, self._written = self._volume, None, None
        if volume is None or volume.GetScene() is not self._scene:
            return
        colors = volume.GetDisplayNode().GetColorNode() if volume.GetDisplayNode() is not None else None
        remove_node(volume)
        if colors is not None and colors.GetAttribute(ROLE) == _COLOR_ROLE:
            remove_node(colors)

    def _new(self, image: NDArray[np.float32], matrix: NDArray[np.float64]) -> vtk.vtkObject:
        colors = _make_colors(self._scene)
        volume = new_node(self._scene, "vtkMRMLScalarVolumeNode")
        volume.SetName(_("Difference"))
        volume.SetHideFromEditors(True)
        volume.SetSaveWithScene(False)
        volume.SetAttribute(ROLE, _ROLE)
        write_volume(volume, image, matrix)
        display = grey_display(self._scene, -STRONGEST_DIFFERENCE, STRONGEST_DIFFERENCE)
        display.SetAndObserveColorNodeID(colors.GetID())
        add_node(self._scene, volume, display)
        return volume


def _make_colors(scene: vtk.vtkObject) -> vtk.vtkObject:
    """Make a table of colours, black in the middle: what is the same is not seen."""
    colors = new_node(scene, "vtkMRMLColorTableNode")
    colors.SetTypeToUser()
    colors.SetName(_("Difference"))
    colors.SetHideFromEditors(True)
    colors.SetSaveWithScene(False)
    colors.SetAttribute(ROLE, _COLOR_ROLE)
    colors.SetNumberOfColors(_COLORS)
    for index in range(_COLORS):
        share = 2 * index / (_COLORS - 1) - 1
        color = _BRIGHTER if share > 0 else _DARKER
        colors.SetColor(index, "", *(abs(share) * part for part in color), 1.0)
    scene.AddNode(colors)
    return colors
