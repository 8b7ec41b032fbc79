"""The layers of an edited joint as they are on the film, to be looked at in place of those of the edit."""

from __future__ import annotations

from typing import TYPE_CHECKING

import vtk

from ..scene.new_nodes import add_node, new_node
from ..scene.node_attributes import ROLE
from ..scene.node_references import remove_node
from ..scene.scalar_volumes import grey_display, layer_window, set_window, write_volume
from ..separation import JointLayers
from .layouts import LAYERS, view_title

if TYPE_CHECKING:
    from ..scene.scene_joint import SceneJoint

_PREFIX = "film_layer_"


class FilmLayers:
    """Three volumes of the scene, made when they are first looked at, and rewritten for another joint.

    They are in nobody's list, and not saved.

    Parameters
    ----------
    scene
        Gets the volumes.
    """

    def __init__(self, scene: vtk.vtkObject) -> None:
        self._scene = scene
        self._volumes: dict[str, vtk.vtkObject] = {}
        self._written: JointLayers | None = None

    def find_or_make(self, joint: SceneJoint, name: str) -> vtk.vtkObject | None:
        """Return the volume of one of a joint's layers as on the film; None before the separation.

        Parameters
        ----------
        joint
            Of any film of the scene.
        name
            One of `layouts.LAYERS`.
        """
        layers = joint.layers
        if layers is None:
            return None
        are_there = all(volume.GetScene() is self._scene for volume in self._volumes.values())
        if layers is not self._written or not self._volumes or not are_there:
            self._write(joint, layers)
        return self._volumes[name]

    def close(self) -> None:
        """Remove the volumes."""
        for volume in self._volumes.values():
            remove_node(volume)
        self._volumes.clear()
        self._written = None

    def _write(self, joint: SceneJoint, layers: JointLayers) -> None:
        matrix = joint.film.geometry.region_matrix(layers.crop.region)
        for name in LAYERS:
            layer = getattr(layers, name)
            edited = joint.references.find(name)
            display = edited.GetDisplayNode() if edited is not None else None
            window = (display.GetWindowLevelMin(), display.GetWindowLevelMax()) if display else None
            lowest, highest = window or layer_window(layer)
            volume = self._volumes.get(name)
            if volume is None or volume.GetScene() is not self._scene:
                volume = self._volumes[name] = self._new(name)
                write_volume(volume, layer, matrix)
                add_node(self._scene, volume, grey_display(self._scene, lowest, highest))
            else:
                write_volume(volume, layer, matrix)
                set_window(volume.GetDisplayNode(), lowest, highest)
        self._written = layers

    def _new(self, name: str) -> vtk.vtkObject:
        volume = new_node(self._scene, "vtkMRMLScalarVolumeNode")
        volume.SetName(view_title(name))
        volume.SetHideFromEditors(True)
        volume.SetSaveWithScene(False)
        volume.SetAttribute(ROLE, _PREFIX + name)
        return volume
