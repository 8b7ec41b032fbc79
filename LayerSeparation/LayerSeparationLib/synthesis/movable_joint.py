"""A separated joint, prepared for edit after edit."""

from __future__ import annotations

from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from ..measurement import JointSpaceWidth, measure_jsw
from ..separation import JointLayers
from .film_grain import FilmGrain
from .movable_bone import BoneEnd, MovableBone
from .taper import taper_on_region

_TISSUE_LEVEL = 0.35
"""Soft tissue is where its attenuation exceeds this part of that in front of the bones; air is far below."""


class MovableJoint:
    """What edits of one joint have in common; each part is prepared when it is first needed.

    Hold it as long as edits of the joint go on: the first edit of a bone costs several times the next ones.

    Parameters
    ----------
    layers
        The joint as it is on the film.

    Examples
    --------
    >>> from LayerSeparationLib import GapEdit, Separator, make_joint, synthesize
    >>> phantom = make_joint("MCP", seed=3, jsw_mm=1.6)
    >>> movable = MovableJoint(Separator(device="cpu").separate(phantom.radiograph, phantom.pose))
    >>> joints = [synthesize(movable, GapEdit(target_jsw=target)) for target in (0.5, 1.0)]
    >>> [round(joint.jsw_after.mean, 3) for joint in joints]
    [0.5, 1.0]
    """

    def __init__(self, layers: JointLayers) -> None:
        self.layers = layers

    @cached_property
    def jsw(self) -> JointSpaceWidth:
        """JSW on the film."""
        return measure_jsw(self.layers)

    @cached_property
    def taper(self) -> NDArray[np.float32]:
        """(rows, columns) on the joint's region, 0..1: weight of the motion where the film goes on."""
        return taper_on_region(self.layers.crop)

    @cached_property
    def upper_bone(self) -> MovableBone:
        """The distal bone."""
        layers = self.layers
        return MovableBone(layers.upper_bone, layers.upper_silhouette, [self._end])

    @cached_property
    def lower_bone(self) -> MovableBone:
        """The proximal bone."""
        layers = self.layers
        return MovableBone(layers.lower_bone, layers.lower_silhouette, [self._end])

    @property
    def _end(self) -> BoneEnd:
        crop = self.layers.crop
        return BoneEnd(crop.region_to_canonical, None if crop.covers_film else self.taper)

    @cached_property
    def grain(self) -> FilmGrain:
        """Lays the film's noise over its edits."""
        return FilmGrain(self.layers)

    @cached_property
    def soft_tissue_mask(self) -> NDArray[np.bool_]:
        """(rows, columns) on the joint's region: where there is soft tissue or bone, not air."""
        layers = self.layers
        bones = np.maximum(layers.upper_silhouette, layers.lower_silhouette) > 0.5
        beside_bones = layers.attenuation - layers.upper_bone - layers.lower_bone
        reference = np.median(beside_bones[bones] if bones.any() else beside_bones)
        mask: NDArray[np.bool_] = (beside_bones > _TISSUE_LEVEL * reference) | bones
        return mask
