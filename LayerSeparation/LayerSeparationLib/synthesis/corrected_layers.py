"""Layers that follow silhouettes which a person has corrected, on the film or on an edited joint."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from ..errors import InputError
from ..joints import CANONICAL_SIZE_PX
from ..joints.affine import invert, map_points, pixel_grid
from ..radiograph.attenuation import attenuation_from_intensity
from ..separation import JointLayers
from ..separation.layers import SATURATION
from .bone_motion import RigidMotion
from .synthetic_joint import SyntheticJoint
from .taper import taper_at

_SMOOTHING_PX = 4.0
"""Soft tissue that is carried into a corrected region is smoothed by this, canonical pixels: 0.3 mm."""
_STEPS = 30
"""Fixed-point steps that turn the tapered motion round; each at least halves what is left."""


def correct_layers(
    joint: SyntheticJoint, upper_bone: NDArray[np.bool_], lower_bone: NDArray[np.bool_]
) -> JointLayers:
    """Return the layers of a joint whose masks a person corrected.

    Only where a mask differs from the joint's own does anything change. There, soft tissue is continued from
    around; what the film has more than that belongs to the bone, or in equal parts to both; where no bone
    is left, all is soft tissue.

    Parameters
    ----------
    joint
        The joint as it was shown when the masks were corrected: bones may have been moved.
    upper_bone, lower_bone
        bool (rows, columns) on the joint's region: the corrected masks.

    Raises
    ------
    InputError
        If a mask has another shape, or nothing was corrected.

    Examples
    --------
    >>> from LayerSeparationLib import GapEdit, Separator, make_joint, synthesize
    >>> phantom = make_joint("MCP", seed=3, jsw_mm=1.6)
    >>> layers = Separator(device="cpu").separate(phantom.radiograph, phantom.pose)
    >>> joint = synthesize(layers, GapEdit())
    >>> upper = joint.masks.upper_bone.copy()
    >>> upper[:40] = False
    >>> corrected = correct_layers(joint, upper, joint.masks.lower_bone)
    >>> float(layers.upper_bone[20, 128]) > 0.1, float(corrected.upper_bone[20, 128])
    (True, 0.0)
    """
    layers = joint.layers
    shown = (joint.masks.upper_bone, joint.masks.lower_bone)
    motions = (joint.motion.upper, joint.motion.lower)
    silhouettes = layers.canonical.silhouettes.copy()
    changed = np.zeros((2, CANONICAL_SIZE_PX, CANONICAL_SIZE_PX), bool)
    for index, (mask, before, motion) in enumerate(
        zip((upper_bone, lower_bone), shown, motions, strict=True)
    ):
        if mask.shape != before.shape:
            raise InputError(f"A corrected mask has the shape {mask.shape}, the joint {before.shape}.")
        corrected, near = _bring_to_canonical(layers, motion, mask, mask != before)
        changed[index] = near & (corrected != (silhouettes[index] > 0.5))
        silhouettes[index][changed[index]] = corrected[changed[index]]
    if not changed.any():
        raise InputError("The silhouettes were not corrected: change a bone's segment first.")
    canonical = replace(
        layers.canonical,
        silhouettes=silhouettes,
        shares=_share_anew(layers, silhouettes > 0.5, np.any(changed, axis=0)),
    )
    return replace(layers, canonical=canonical)


def _bring_to_canonical(
    layers: JointLayers, motion: RigidMotion, mask: NDArray[np.bool_], changed: NDArray[np.bool_]
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Bring a mask, and where it was changed, to the canonical crop as it was before the motion."""
    crop = layers.crop
    points = pixel_grid((CANONICAL_SIZE_PX, CANONICAL_SIZE_PX))
    moved = map_points(motion.matrix, points)
    if not crop.covers_film and not motion.is_none:
        # Shown at q is what was at q + taper(q) (inverse(q) - q).
        for _ in range(_STEPS):
            moved = points - taper_at(moved)[..., None] * (map_points(motion.inverse, moved) - moved)
    to_region = invert(crop.region_to_canonical)
    x, y = np.moveaxis(map_points(to_region, moved), -1, 0)
    sampled = [
        ndimage.map_coordinates(image.astype(np.float32), [y, x], order=1, mode="nearest") > 0.5
        for image in (mask, ndimage.binary_dilation(changed))
    ]
    return sampled[0], sampled[1]


def _share_anew(
    layers: JointLayers, masks: NDArray[np.bool_], changed: NDArray[np.bool_]
) -> NDArray[np.float32]:
    """Return the layers' shares with those in the changed region drawn anew."""
    attenuation = np.minimum(attenuation_from_intensity(layers.canonical.image), np.float32(SATURATION))
    old = layers.canonical.shares
    around = ndimage.distance_transform_edt(
        ndimage.binary_dilation(changed, iterations=2), return_distances=False, return_indices=True
    )
    soft = ndimage.gaussian_filter((old[0] * attenuation)[tuple(around)], _SMOOTHING_PX, mode="nearest")
    bone = np.clip(1 - soft / np.maximum(attenuation, 1e-6), 0, 1)
    # Inside one bone all of it, where both are half of it each; nothing where there is none.
    weight = masks / np.maximum(masks.sum(axis=0), 1)
    bones = np.where(changed, weight * bone, old[1:]).astype(np.float32)
    shares = np.concatenate([np.where(changed, 1 - bones.sum(axis=0), old[0])[None], bones])
    return np.ascontiguousarray(shares, dtype=np.float32)
