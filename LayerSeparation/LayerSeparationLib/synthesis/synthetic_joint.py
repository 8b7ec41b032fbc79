"""A joint with an edited gap: the recomposed radiograph and the ground truth that belongs to it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

import numpy as np

from ..joints import CANONICAL_SIZE_PX
from ..measurement import JointSpaceWidth, joint_space, jsw_of_margins, measure_jsw, without_jsw
from ..radiograph.attenuation import SMALLEST_TRANSMISSION
from .bone_motion import BoneMotion, RigidMotion, resolve
from .moved_image import MovableImage

if TYPE_CHECKING:
    from ..separation import JointLayers
    from .gap_edit import GapEdit

_TISSUE_LEVEL = 0.35
"""Soft tissue is where its attenuation exceeds this part of that in front of the bones; air is far below."""


@dataclass(frozen=True, eq=False)
class JointMasks:
    """The segments of a joint, bool (rows, columns) on the joint's window; they overlap."""

    upper_bone: np.ndarray
    lower_bone: np.ndarray
    joint_space: np.ndarray
    """Between the articular margins, over the central 70 % of the joint; empty where there is no JSW."""
    soft_tissue: np.ndarray


@dataclass(frozen=True, eq=False)
class SyntheticJoint:
    """An edited joint and its truth. Arrays are (rows, columns) on the joint's window of the film."""

    layers: JointLayers
    """The joint as it was on the film."""
    edit: GapEdit
    motion: BoneMotion
    image: np.ndarray
    """float32 intensity 0..1 of the recomposed radiograph."""
    upper_bone: np.ndarray
    """float32 attenuation of the moved distal bone."""
    lower_bone: np.ndarray
    """float32 attenuation of the moved proximal bone."""
    masks: JointMasks
    jsw_before: JointSpaceWidth
    jsw_after: JointSpaceWidth

    @property
    def soft_tissue(self) -> np.ndarray:
        """float32 attenuation of the soft tissue: that of the film."""
        return self.layers.soft_tissue

    @property
    def is_synthetic(self) -> bool:
        """False when nothing moved: the image then is the film, bit by bit."""
        return not (self.motion.upper.is_none and self.motion.lower.is_none)

    @cached_property
    def film(self) -> np.ndarray:
        """float32 intensity of the whole film with the edited joint in its place."""
        film = self.layers.radiograph.intensity.copy()
        film[self.layers.crop.window.slices] = self.image
        return film


class _MovableJoint:
    """The parts of a joint, prepared for edit after edit."""

    def __init__(self, layers: JointLayers) -> None:
        crop = layers.crop
        self.jsw = measure_jsw(layers)
        self.bones = [MovableImage(bone, crop, 3) for bone in (layers.upper_bone, layers.lower_bone)]
        self.silhouettes = [
            MovableImage(silhouette, crop, 1)
            for silhouette in (layers.upper_silhouette, layers.lower_silhouette)
        ]
        self.soft_tissue_mask = _soft_tissue_mask(layers)


_prepared: WeakKeyDictionary[JointLayers, _MovableJoint] = WeakKeyDictionary()


def synthesize(layers: JointLayers, edit: GapEdit) -> SyntheticJoint:
    """Carry out an edit; see `GapEdit.apply`.

    In a crop the motion is rigid up to the border. On a larger film it is rigid around the joint and tapers
    to nothing at the border of the joint's square, so that the joint sits in its film without a seam.
    """
    parts = _prepared.get(layers)
    if parts is None:
        parts = _prepared[layers] = _MovableJoint(layers)
    crop = layers.crop
    motion = resolve(edit, parts.jsw, crop.unit_per_px)
    moves = (motion.upper, motion.lower)
    rigid = crop.covers_film
    moved_bones = []
    change = np.zeros(crop.window.shape, np.float32)
    for movable, own, bone in zip(parts.bones, moves, (layers.upper_bone, layers.lower_bone), strict=True):
        moved_bones.append(_moved_into(movable, own, bone, rigid))
        if not own.is_none:
            change += moved_bones[-1] - bone
    upper_mask, lower_mask = (
        _moved_into(movable, own, silhouette, rigid) > 0.5
        for movable, own, silhouette in zip(
            parts.silhouettes, moves, (layers.upper_silhouette, layers.lower_silhouette), strict=True
        )
    )
    jsw = _jsw_after(layers, parts.jsw, motion)
    return SyntheticJoint(
        layers=layers,
        edit=edit,
        motion=motion,
        image=_recomposed(layers.image, change),
        upper_bone=moved_bones[0],
        lower_bone=moved_bones[1],
        masks=JointMasks(upper_mask, lower_mask, _joint_space_mask(layers, jsw), parts.soft_tissue_mask),
        jsw_before=parts.jsw,
        jsw_after=jsw,
    )


def _recomposed(image: np.ndarray, change: np.ndarray) -> np.ndarray:
    """Return ``1 - exp(-(A + change))``; where nothing changes, the pixel stays as it is, bit by bit."""
    transmission = np.maximum(1 - image, np.float32(SMALLEST_TRANSMISSION))
    edited = (1 - transmission) - transmission * np.expm1(-change)
    return np.where(change == 0, image, np.clip(edited, 0, 1))


def _moved_into(movable: MovableImage, motion: RigidMotion, image: np.ndarray, rigid: bool) -> np.ndarray:
    if motion.is_none:
        return image
    moved = np.zeros_like(image)
    part, where = movable.moved(motion, rigid)
    moved[where] = part
    return moved


def _jsw_after(layers: JointLayers, before: JointSpaceWidth, motion: BoneMotion) -> JointSpaceWidth:
    if before.margins is None:
        return without_jsw(layers.crop, before.reason or "")
    return jsw_of_margins(layers.crop, motion.margins(before.margins))


def _joint_space_mask(layers: JointLayers, jsw: JointSpaceWidth) -> np.ndarray:
    crop = layers.crop
    if jsw.margins is None or jsw.reason is not None:
        return np.zeros(crop.window.shape, bool)
    mask = joint_space(jsw.margins, (CANONICAL_SIZE_PX, CANONICAL_SIZE_PX))
    if crop.is_canonical:
        return mask
    return (crop.to_window(mask.astype(np.float32)) > 0.5) & crop.inside


def _soft_tissue_mask(layers: JointLayers) -> np.ndarray:
    bones = np.maximum(layers.upper_silhouette, layers.lower_silhouette) > 0.5
    reference = np.median(layers.soft_tissue[bones]) if bones.any() else np.median(layers.soft_tissue)
    return (layers.soft_tissue > _TISSUE_LEVEL * reference) | bones
