"""A whole film with edited joints, and the ground truth that belongs to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ..joints import BoneKey
from ..radiograph import Radiograph, Rectangle
from .synthetic_joint import SyntheticJoint


@dataclass(frozen=True, eq=False)
class FilmBone:
    """A bone of a film, as far as the squares of its joints show it.

    Examples
    --------
    >>> from LayerSeparationLib.joints import BoneKey
    >>> from LayerSeparationLib.radiograph import Rectangle
    >>> mask = np.ones((2, 3), bool)
    >>> bone = FilmBone(BoneKey("metacarpal 2", "L"), ("MCP2",), Rectangle(1, 3, 0, 3), mask)
    >>> int(bone.mask_on_film((4, 4)).sum())
    6
    """

    key: BoneKey
    """Name and side, such as ``proximal phalanx 2``."""
    joints: tuple[str, ...]
    """Names of the film's joints that it belongs to, proximal first."""
    region: Rectangle
    """On the film."""
    mask: NDArray[np.bool_]
    """(rows, columns) on ``region``, after the edits."""

    def mask_on_film(self, shape: tuple[int, int]) -> NDArray[np.bool_]:
        """Return the mask on a film of that shape (rows, columns)."""
        whole = np.zeros(shape, bool)
        whole[self.region.slices] = self.mask
        return whole


@dataclass(frozen=True, eq=False)
class SyntheticFilm:
    """A film with the edits of its joints, and their truth.

    Examples
    --------
    >>> from LayerSeparationLib import GapEdit, Separator, make_hand, synthesize_film
    >>> hand = make_hand(3, spacing_mm=0.3)
    >>> layers = Separator("cpu").separate(hand.radiograph, hand.joints["PIP2"].pose)
    >>> film = synthesize_film([layers], [GapEdit()])
    >>> film.is_synthetic, film.joint_space(film.joints[0]).shape == hand.radiograph.shape
    (False, True)
    """

    radiograph: Radiograph
    """The film as it was taken."""
    joints: tuple[SyntheticJoint, ...]
    """Each joint with its own edit: JSW before and after, margins and joint space hold on this film. Its
    image and the masks of its bones are those of its edit alone."""
    bones: tuple[FilmBone, ...]
    """Every bone once, whether one joint sees it or two do."""
    image: NDArray[np.float32]
    """(rows, columns) intensity 0..1 of the whole film."""

    @property
    def is_synthetic(self) -> bool:
        """False when nothing moved: the image then is the film, bit by bit."""
        return any(joint.is_synthetic for joint in self.joints)

    def with_findings(self, findings: Sequence[Sequence[str]]) -> SyntheticFilm:
        """Return the film with more findings of each joint's JSW, in the order of the joints."""
        joints = [joint.with_findings(*more) for joint, more in zip(self.joints, findings, strict=True)]
        return replace(self, joints=tuple(joints))

    def joint_space(self, joint: SyntheticJoint) -> NDArray[np.bool_]:
        """Return the joint space of one of the joints, (rows, columns) of the film."""
        whole = np.zeros(self.radiograph.shape, bool)
        whole[joint.layers.crop.region.slices] = joint.masks.joint_space
        return whole
