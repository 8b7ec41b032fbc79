"""What is seen of a joint: layers, edited image and segments, the handles of its bones, its box."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..joints import JointCrop, JointPose
from ..separation import JointLayers
from ..synthesis import GapEdit, SyntheticJoint
from ..translation import tr as _
from . import node_attributes
from .bone_handles import show_handles
from .film import Film
from .joint_box import draw_box, select_box, style_box
from .joint_nodes import JointNodes
from .joint_segmentation import LOWER_BONE, UPPER_BONE
from .node_references import NodeReferences

_HANDLES = (node_attributes.UPPER_POSE, node_attributes.LOWER_POSE)


class JointDisplay:
    """Brings a joint's nodes to what is to be seen, and says what the user did with them.

    Parameters
    ----------
    film
        The radiograph.
    references
        The joint's nodes.
    """

    def __init__(self, film: Film, references: NodeReferences) -> None:
        self._film = film
        self._references = references
        self._nodes = JointNodes(film, references)
        self._is_writing = False
        self._film_is_shown = False

    @property
    def is_writing(self) -> bool:
        """Whether the nodes change now because of an edit: handles that move are not the user's doing."""
        return self._is_writing

    @property
    def film_is_shown(self) -> bool:
        """Whether the original is shown in place of the edited image."""
        return self._film_is_shown

    def show_layers(self, joint: SyntheticJoint, are_corrected: bool) -> None:
        """Keep other layers in the scene, and show them with their edit."""
        self._nodes.rewrite_all()
        self._nodes.store(joint.layers, are_corrected)
        self.show_edit(joint, are_corrected, finished=True)

    def show_edit(self, joint: SyntheticJoint, are_corrected: bool, finished: bool) -> None:
        """Bring every node to an edit; the plot and the provenance only once it is finished."""
        if self._references.find(node_attributes.CANONICAL) is None:
            self._nodes.store(joint.layers, are_corrected)
        self._film_is_shown = False
        self._is_writing = True
        try:
            self._nodes.write(joint, are_corrected, finished)
        finally:
            self._is_writing = False

    def show_film(self, joint: SyntheticJoint, shown: bool) -> bool:
        """Show the original in place of the edited image, or no longer; return whether that was a change."""
        if shown == self._film_is_shown:
            return False
        self._film_is_shown = shown
        self._nodes.show_image(joint, joint.layers.image if shown else joint.image)
        return True

    def describe_segments(self, joint: SyntheticJoint) -> None:
        """Give the segments the codes of the joint's present name and side."""
        self._nodes.describe_segments(joint)

    def show_handles(self, visible: bool) -> None:
        """Show or hide the handles of both bones in the slice views."""
        for role in _HANDLES:
            transform = self._references.find(role)
            if transform is not None:
                show_handles(transform, visible)

    def edit_from_transforms(self, joint: SyntheticJoint) -> GapEdit:
        """Return the edit that the user asked for with the bones' handles: the joint's own if with none.

        Only what is rigid in the film's plane counts, within the limits of an edit.
        """
        upper, lower = (self._references.find(role) for role in _HANDLES)
        if upper is None or lower is None:
            return joint.edit
        handles = self._nodes.handles(joint.layers)
        motions = handles.current(upper), handles.current(lower)
        if not handles.differ(*motions, joint.motion):
            return joint.edit
        return handles.edit(*motions, joint.motion, joint.edit.moves)

    def bone_masks(self, layers: JointLayers) -> tuple[NDArray[np.bool_] | None, NDArray[np.bool_] | None]:
        """Return the masks of both bones as the segments have them now, None for one that is gone."""
        return self._nodes.mask(UPPER_BONE, layers), self._nodes.mask(LOWER_BONE, layers)

    def was_repaired(self, joint: SyntheticJoint) -> bool:
        """Tell whether the user worked on a bone's segment since the edit was written."""
        return self._nodes.was_repaired(joint)

    def draw_box(self, pose: JointPose) -> None:
        """Draw the square that the joint takes of the film.

        Raises
        ------
        InputError
            If the film can't be read, or the pose lies outside of it.
        """
        crop = JointCrop(self._film.radiograph, pose)
        box, made = self._references.find_or_make(
            node_attributes.BOX, "vtkMRMLMarkupsClosedCurveNode", _("box")
        )
        if made:
            style_box(box)
        draw_box(box, crop, self._film.geometry)

    def select(self, selected: bool) -> None:
        """Draw the box as that of the selected joint, or as of the others."""
        box = self._references.find(node_attributes.BOX)
        if box is not None:
            select_box(box, selected)
