"""The handles by which a user takes hold of a bone in the view."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import slicer
import vtk

from ..joints import JointCrop
from ..scene.film_geometry import FilmGeometry
from ..synthesis import BoneMotion, GapEdit
from ..translation import tr as _
from .bone_handles import BoneHandles, show_handles
from .overlay_nodes import OverlayNodes

UPPER_POSE, LOWER_POSE = "upper_bone_pose", "lower_bone_pose"


class HandleTransforms:
    """Two transforms with handles in the slice views: they follow the edit, and ask for another.

    Parameters
    ----------
    nodes
        Makes the transforms when they are first shown.
    wanted
        Called whenever the user moved a handle.
    """

    def __init__(self, nodes: OverlayNodes, wanted: Callable[[], None]) -> None:
        self._nodes, self._wanted = nodes, wanted
        self._observed: list[tuple[vtk.vtkObject, int]] = []
        self._handles: BoneHandles | None = None
        self._is_placing = False

    def place(self, crop: JointCrop, geometry: FilmGeometry, motion: BoneMotion) -> None:
        """Bring the handles to the bones, which is not the user's doing."""
        if self._handles is None or self._handles.crop is not crop:
            self._handles = BoneHandles(crop, geometry)
        self._is_placing = True
        try:
            for role, name, of_bone in (
                (UPPER_POSE, _("upper bone"), motion.upper),
                (LOWER_POSE, _("lower bone"), motion.lower),
            ):
                transform, made = self._nodes.find_or_make(role, "vtkMRMLLinearTransformNode", name)
                if made:
                    self._observe(transform)
                self._handles.place(transform, of_bone, upper=role == UPPER_POSE)
        finally:
            self._is_placing = False

    def show(self, visible: bool, view_ids: Sequence[str]) -> None:
        """Show or hide the handles, in these views only; in all where the list is empty."""
        for role in (UPPER_POSE, LOWER_POSE):
            transform = self._nodes.find(role)
            if transform is not None:
                show_handles(transform, visible, view_ids)

    def edit(self, motion: BoneMotion, edit: GapEdit) -> GapEdit:
        """Return the edit that the handles ask for: the present one if they ask for no other.

        Only what is rigid in the film's plane counts, within the limits of an edit.

        Parameters
        ----------
        motion, edit
            Of the joint as it is shown.
        """
        upper, lower = (self._nodes.find(role) for role in (UPPER_POSE, LOWER_POSE))
        if self._handles is None or upper is None or lower is None:
            return edit
        motions = self._handles.current(upper), self._handles.current(lower)
        if not self._handles.differ(*motions, motion):
            return edit
        # Handles move bones against each other, also where the joint went as one before.
        moves = "both" if edit.moves == "joint" else edit.moves
        return self._handles.edit(*motions, motion, moves)

    def close(self) -> None:
        """End watching the transforms."""
        for node, tag in self._observed:
            node.RemoveObserver(tag)
        self._observed.clear()

    def _observe(self, transform: vtk.vtkObject) -> None:
        event = slicer.vtkMRMLTransformableNode.TransformModifiedEvent
        self._observed.append((transform, transform.AddObserver(event, self._follow)))

    def _follow(self, *_: Any) -> None:
        if not self._is_placing:
            self._wanted()
