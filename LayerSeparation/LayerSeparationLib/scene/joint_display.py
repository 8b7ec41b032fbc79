"""What is seen of a joint: layers, edited image and segments."""

from __future__ import annotations

from collections.abc import Generator

import numpy as np
from numpy.typing import NDArray

from ..separation import JointLayers
from ..synthesis import SyntheticJoint
from . import node_attributes
from .film import Film
from .joint_nodes import JointNodes
from .joint_segmentation import LOWER_BONE, UPPER_BONE
from .node_references import NodeReferences


class JointDisplay:
    """Brings a joint's nodes to what is to be seen, and says what the user did to its segments.

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
        self._film_is_shown = False

    @property
    def film_is_shown(self) -> bool:
        """Whether the original is shown in place of the edited image."""
        return self._film_is_shown

    def layer_steps(self, joint: SyntheticJoint, are_corrected: bool) -> Generator[None, None, None]:
        """Keep other layers in the scene, and show them with their edit, a node at a time."""
        yield from self._nodes.rewrite_steps(joint, are_corrected)
        self.show_edit(joint, are_corrected, finished=True)

    def show_edit(self, joint: SyntheticJoint, are_corrected: bool, finished: bool) -> None:
        """Bring every node to an edit; the provenance only once it is finished."""
        if self._references.find(node_attributes.CANONICAL) is None:
            self._nodes.store(joint.layers, are_corrected)
        self._film_is_shown = False
        self._nodes.write(joint, are_corrected, finished)

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

    def bone_masks(self, layers: JointLayers) -> tuple[NDArray[np.bool_] | None, NDArray[np.bool_] | None]:
        """Return the masks of both bones as the segments have them now, None for one that is gone."""
        return self._nodes.mask(UPPER_BONE, layers), self._nodes.mask(LOWER_BONE, layers)

    def was_repaired(self, joint: SyntheticJoint) -> bool:
        """Tell whether the user worked on a bone's segment since the edit was written."""
        return self._nodes.was_repaired(joint)
