"""A joint with an edited gap: the recomposed radiograph and the ground truth that belongs to it."""

from __future__ import annotations

from dataclasses import dataclass, replace
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
    """The segments of a joint, (rows, columns) on the joint's region of the film; they overlap.

    Examples
    --------
    >>> upper, lower = np.array([[True, True, False]]), np.array([[False, True, True]])
    >>> masks = JointMasks(upper, lower, joint_space=np.zeros_like(upper), soft_tissue=upper | lower)
    >>> int((masks.upper_bone & masks.lower_bone).sum())
    1
    """

    upper_bone: NDArray[np.bool_]
    lower_bone: NDArray[np.bool_]
    joint_space: NDArray[np.bool_]
    """Between the articular margins, over the central 70 % of the joint; empty where there is no JSW."""
    soft_tissue: NDArray[np.bool_]
    """Soft tissue or bone: all but the air."""


@dataclass(frozen=True, eq=False)
class SyntheticJoint:
    """An edited joint and its truth. Arrays are (rows, columns) on the joint's region of the film.

    Examples
    --------
    >>> from LayerSeparationLib import GapEdit, Separator, make_joint, synthesize
    >>> phantom = make_joint("MCP", seed=3, jsw_mm=1.6)
    >>> layers = Separator(device="cpu").separate(phantom.radiograph, phantom.pose)
    >>> closed = synthesize(layers, GapEdit(target_jsw=0.0))
    >>> closed.image.shape, closed.film.shape
    ((256, 256), (256, 256))
    >>> bool((closed.masks.upper_bone & closed.masks.lower_bone).any())
    True
    """

    layers: JointLayers
    """The joint as it was on the film."""
    edit: GapEdit
    """What was asked for."""
    motion: BoneMotion
    """How that moves the bones."""
    image: NDArray[np.float32]
    """Intensity 0..1 of the recomposed radiograph."""
    changed: Rectangle
    """Part of the region outside of which image and bones are those of the film."""
    upper_bone: NDArray[np.float32]
    """Attenuation of the moved distal bone."""
    lower_bone: NDArray[np.float32]
    """Attenuation of the moved proximal bone."""
    masks: JointMasks
    """Of the edited joint."""
    jsw_before: JointSpaceWidth
    """On the film."""
    jsw_after: JointSpaceWidth
    """After the motion, by the margins that moved with the bones."""

    @property
    def soft_tissue(self) -> NDArray[np.float32]:
        """Attenuation of the soft tissue: that of the film."""
        return self.layers.soft_tissue

    @property
    def noise(self) -> NDArray[np.float32]:
        """Attenuation of the film's noise; over an edit it is laid anew, see `FilmGrain`."""
        return self.layers.noise

    @property
    def is_synthetic(self) -> bool:
        """False when nothing moved: the image then is the film, bit by bit."""
        return not self.motion.is_none

    def with_findings(self, *findings: str) -> SyntheticJoint:
        """Return the joint with more findings of its film's JSW, and so of the edit's."""
        before, after = (jsw.with_findings(*findings) for jsw in (self.jsw_before, self.jsw_after))
        return replace(self, jsw_before=before, jsw_after=after) if findings else self

    def without_findings(self, *findings: str) -> SyntheticJoint:
        """Return the joint without these findings of its JSW before and after."""
        before, after = (jsw.without_findings(*findings) for jsw in (self.jsw_before, self.jsw_after))
        return replace(self, jsw_before=before, jsw_after=after) if findings else self

    @cached_property
    def film(self) -> NDArray[np.float32]:
        """Intensity of the whole film with the edited joint in its place."""
        film = self.layers.radiograph.intensity.copy()
        film[self.layers.crop.region.slices] = self.image
        return film
