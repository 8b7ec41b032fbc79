"""A separated joint, prepared for edit after edit."""

from __future__ import annotations

from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from ..measurement import JointSpaceWidth, measure_jsw
from ..separation import JointLayers
from .carried_detail import carry_detail, find_soft_tissue
from .film_grain import FilmGrain
from .movable_bone import BoneEnd, MovableBone
from .taper import taper_on_region


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
    def carried(self) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Attenuation that moves with the distal and with the proximal bone, see `carry_detail`."""
        return carry_detail(self.layers, self.soft_tissue_mask)

    @cached_property
    def soft_tissue(self) -> NDArray[np.float32]:
        """(rows, columns) attenuation that stays: with ``carried`` it is the film's without noise."""
        layers, (upper, lower) = self.layers, self.carried
        return layers.soft_tissue + (layers.upper_bone - upper) + (layers.lower_bone - lower)

    @cached_property
    def upper_bone(self) -> MovableBone:
        """The distal bone."""
        return MovableBone(self.carried[0], self.layers.upper_silhouette, [self._end])

    @cached_property
    def lower_bone(self) -> MovableBone:
        """The proximal bone."""
        return MovableBone(self.carried[1], self.layers.lower_silhouette, [self._end])

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
        return find_soft_tissue(self.layers)
