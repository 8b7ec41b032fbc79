"""A joint with an edited gap: the recomposed radiograph and the ground truth that belongs to it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

import numpy as np

from ..measurement import JointSpaceWidth, joint_space, jsw_of_margins, measure_jsw, without_jsw
from ..radiograph.attenuation import SMALLEST_TRANSMISSION
from .bone_motion import BoneMotion, RigidMotion, resolve
from .moved_bone import NOTHING, MovableBone, MovedBone, Part, union

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
    changed: Part
    """Rows and columns of the window outside of which image and bones are those of the film."""
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
    """The parts of a joint, prepared for edit after edit; each bone when it first moves."""

    def __init__(self, layers: JointLayers) -> None:
        self.jsw = measure_jsw(layers)
        self.soft_tissue_mask = _soft_tissue_mask(layers)
        self._movable: dict[str, MovableBone] = {}

    def moved(self, layers: JointLayers, name: str, motion: RigidMotion) -> MovedBone:
        """Return the bone 'upper' or 'lower' as it is after a motion."""
        attenuation = getattr(layers, f"{name}_bone")
        silhouette = getattr(layers, f"{name}_silhouette")
        if motion.is_none:
            return MovedBone(attenuation, silhouette, NOTHING)
        if name not in self._movable:
            self._movable[name] = MovableBone(attenuation, silhouette, layers.crop)
        return self._movable[name].moved(motion)


_prepared: WeakKeyDictionary[JointLayers, _MovableJoint] = WeakKeyDictionary()


def synthesize(layers: JointLayers, edit: GapEdit) -> SyntheticJoint:
    """Carry out an edit; see `GapEdit.apply`.

    In a crop the motion is rigid up to the border. On a larger film it is rigid around the joint and tapers
    to nothing at the border of the joint's square, so that the joint sits in its film without a seam.
    """
    parts = _prepared.get(layers)
    if parts is None:
        parts = _prepared[layers] = _MovableJoint(layers)
    motion = resolve(edit, parts.jsw, layers.crop.unit_per_px)
    upper = parts.moved(layers, "upper", motion.upper)
    lower = parts.moved(layers, "lower", motion.lower)
    changed = union([upper.part, lower.part])
    jsw = _jsw_after(layers, parts.jsw, motion)
    return SyntheticJoint(
        layers=layers,
        edit=edit,
        motion=motion,
        image=_recomposed_image(layers, upper, lower, changed),
        changed=changed,
        upper_bone=upper.attenuation,
        lower_bone=lower.attenuation,
        masks=JointMasks(
            upper.silhouette > 0.5,
            lower.silhouette > 0.5,
            _joint_space_mask(layers, jsw),
            parts.soft_tissue_mask,
        ),
        jsw_before=parts.jsw,
        jsw_after=jsw,
    )


def _recomposed_image(layers: JointLayers, upper: MovedBone, lower: MovedBone, part: Part) -> np.ndarray:
    image = layers.image.copy()
    change = (upper.attenuation[part] - layers.upper_bone[part]) + (
        lower.attenuation[part] - layers.lower_bone[part]
    )
    image[part] = _recomposed(image[part], change)
    return image


def _recomposed(image: np.ndarray, change: np.ndarray) -> np.ndarray:
    """Return ``1 - exp(-(A + change))``; where nothing changes, the pixel stays as it is, bit by bit."""
    transmission = np.maximum(1 - image, np.float32(SMALLEST_TRANSMISSION))
    transmission *= np.exp(-change)
    edited = np.subtract(1, transmission, out=transmission)
    return np.where(change == 0, image, np.clip(edited, 0, 1, out=edited))


def _jsw_after(layers: JointLayers, before: JointSpaceWidth, motion: BoneMotion) -> JointSpaceWidth:
    if before.margins is None:
        return without_jsw(layers.crop, before.reason or "")
    return jsw_of_margins(layers.crop, motion.margins(before.margins))


def _joint_space_mask(layers: JointLayers, jsw: JointSpaceWidth) -> np.ndarray:
    if jsw.margins is None or jsw.reason is not None:
        return np.zeros(layers.crop.window.shape, bool)
    return joint_space(layers.crop, jsw.margins)


def _soft_tissue_mask(layers: JointLayers) -> np.ndarray:
    bones = np.maximum(layers.upper_silhouette, layers.lower_silhouette) > 0.5
    reference = np.median(layers.soft_tissue[bones]) if bones.any() else np.median(layers.soft_tissue)
    return (layers.soft_tissue > _TISSUE_LEVEL * reference) | bones
