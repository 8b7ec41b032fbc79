"""The one verb of an edit: bones are moved, the radiograph is recomposed, the truth moves with them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..measurement import JointSpaceWidth, joint_space, jsw_of_margins, without_jsw
from ..radiograph import Rectangle
from ..separation import JointLayers
from .bone_motion import BoneMotion
from .gap_edit import GapEdit
from .movable_bone import MovedBone
from .movable_joint import MovableJoint
from .synthetic_joint import JointMasks, SyntheticJoint


def synthesize(joint: JointLayers | MovableJoint, edit: GapEdit) -> SyntheticJoint:
    """Make a joint with another gap.

    In a crop the motion is rigid up to the border. On a larger film it is rigid around the joint and tapers
    to nothing at the border of the joint's square, so that the joint sits in its film without a seam.

    Parameters
    ----------
    joint
        The joint's layers; or, for edit after edit, the `MovableJoint` of them, which keeps what was
        prepared.
    edit
        What is asked for. Where nothing moves, the image is the film's, bit by bit.

    Raises
    ------
    InputError
        If a target is asked for and the JSW of the joint can't be measured, lengths are in mm and the film's
        pixel spacing is unknown (or the other way round), or the motion is too large for the crop.

    Examples
    --------
    >>> from LayerSeparationLib import GapEdit, Separator, make_joint
    >>> phantom = make_joint("MCP", seed=3, jsw_mm=1.6)
    >>> layers = Separator(device="cpu").separate(phantom.radiograph, phantom.pose)
    >>> narrowed = synthesize(layers, GapEdit(target_jsw=0.8))
    >>> narrowed.is_synthetic, round(narrowed.jsw_after.mean, 3), narrowed.jsw_after.unit
    (True, 0.8, 'mm')
    """
    movable = joint if isinstance(joint, MovableJoint) else MovableJoint(joint)
    layers = movable.layers
    motion = BoneMotion.of_edit(edit, movable.jsw, layers.crop.unit_per_px)
    upper = (
        MovedBone(layers.upper_bone, layers.upper_silhouette)
        if motion.upper.is_none
        else movable.upper_bone.move(motion.upper)
    )
    lower = (
        MovedBone(layers.lower_bone, layers.lower_silhouette)
        if motion.lower.is_none
        else movable.lower_bone.move(motion.lower)
    )
    changed = _stored_part(layers, Rectangle.around([upper.changed, lower.changed]))
    jsw = _measure_after(layers, movable.jsw, motion)
    return SyntheticJoint(
        layers=layers,
        edit=edit,
        motion=motion,
        image=_recompose(movable, upper, lower, changed),
        changed=changed,
        upper_bone=upper.attenuation,
        lower_bone=lower.attenuation,
        masks=JointMasks(
            upper.silhouette > 0.5,
            lower.silhouette > 0.5,
            _joint_space_mask(layers, jsw),
            movable.soft_tissue_mask,
        ),
        jsw_before=movable.jsw,
        jsw_after=jsw,
    )


def _recompose(
    movable: MovableJoint, upper: MovedBone, lower: MovedBone, changed: Rectangle
) -> NDArray[np.float32]:
    layers = movable.layers
    image, part = layers.image.copy(), changed.slices
    if changed.is_empty:
        return image
    bones = upper.attenuation[part] + lower.attenuation[part]
    change = (upper.attenuation[part] - layers.upper_bone[part]) + (
        lower.attenuation[part] - layers.lower_bone[part]
    )
    edited = np.where(change == 0, image[part], movable.grain.recompose(bones, change, changed))
    where = changed.moved(*layers.crop.region.origin_px)
    image[part] = layers.radiograph.storage.store(edited, where)
    return image


def _stored_part(layers: JointLayers, changed: Rectangle) -> Rectangle:
    """Return the part of the region that differs once the film is stored with ``changed`` edited."""
    region = layers.crop.region
    stored = layers.radiograph.storage.around(changed.moved(*region.origin_px))
    return stored.intersection(region).within(region)


def _measure_after(layers: JointLayers, before: JointSpaceWidth, motion: BoneMotion) -> JointSpaceWidth:
    if before.margins is None:
        return without_jsw(layers.crop, before.reason or "")
    return jsw_of_margins(layers.crop, motion.move_margins(before.margins), before.doubts)


def _joint_space_mask(layers: JointLayers, jsw: JointSpaceWidth) -> NDArray[np.bool_]:
    if jsw.margins is None or jsw.reason is not None:
        return np.zeros(layers.crop.region.shape, bool)
    return joint_space(layers.crop, jsw.margins)
