"""A joint with an edited gap: the recomposed radiograph and the ground truth that belongs to it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from ..measurement import JointSpaceWidth
from ..radiograph import Rectangle
from ..separation import JointLayers
from .bone_motion import BoneMotion
from .gap_edit import GapEdit


@dataclass(frozen=True, eq=False)
class JointMasks:
    """The segments of a joint, bool (rows, columns) on the joint's region of the film; they overlap."""

    upper_bone: NDArray[np.bool_]
    lower_bone: NDArray[np.bool_]
    joint_space: NDArray[np.bool_]
    """Between the articular margins, over the central 70 % of the joint; empty where there is no JSW."""
    soft_tissue: NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class SyntheticJoint:
    """An edited joint and its truth. Arrays are (rows, columns) on the joint's region of the film."""

    layers: JointLayers
    """The joint as it was on the film."""
    edit: GapEdit
    motion: BoneMotion
    image: NDArray[np.float32]
    """Intensity 0..1 of the recomposed radiograph."""
    changed: Rectangle
    """Part of the region outside of which image and bones are those of the film."""
    upper_bone: NDArray[np.float32]
    """Attenuation of the moved distal bone."""
    lower_bone: NDArray[np.float32]
    """Attenuation of the moved proximal bone."""
    masks: JointMasks
    jsw_before: JointSpaceWidth
    jsw_after: JointSpaceWidth

    @property
    def soft_tissue(self) -> NDArray[np.float32]:
        """Attenuation of the soft tissue: that of the film."""
        return self.layers.soft_tissue

    @property
    def is_synthetic(self) -> bool:
        """False when nothing moved: the image then is the film, bit by bit."""
        return not self.motion.is_none

    @cached_property
    def film(self) -> NDArray[np.float32]:
        """Intensity of the whole film with the edited joint in its place."""
        film = self.layers.radiograph.intensity.copy()
        film[self.layers.crop.region.slices] = self.image
        return film
