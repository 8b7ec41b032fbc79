"""What moves with a bone beyond its own layer: the fine detail of the soft tissue about its edge.

The network shares attenuation out smoothly. A cortex, or the halo that sharpening lays about it, is thinner
than that: some of it stays in the soft-tissue layer, and would stay as a line where the bone was. Soft tissue
itself has little that is so fine, so what there is near a bone goes with the bone.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from ..separation import JointLayers

TISSUE_LEVEL = 0.35
"""Soft tissue is where its attenuation exceeds this part of that in front of the bones; air is far below."""
_DETAIL_PX = 4.0
"""Detail is what a Gaussian of this standard deviation, canonical pixels (0.33 mm), takes off."""
_REACH_PX = 10.0
"""All detail within this of a bone goes with it, canonical pixels (0.8 mm); none beyond twice as far."""
_BORDER_PX = 8.0
"""Next to the air, or the end of what is known, there is none within this, all beyond twice as far."""
_BETWEEN_PX = 6.0
"""Between two bones it goes over from the one to the other over so much difference in distance."""
_FAINTEST = 1e-3


def find_soft_tissue(layers: JointLayers) -> NDArray[np.bool_]:
    """Return where there is soft tissue or bone, not air, (rows, columns) on the joint's region."""
    bones = np.maximum(layers.upper_silhouette, layers.lower_silhouette) > 0.5
    beside_bones = layers.attenuation - layers.upper_bone - layers.lower_bone
    reference = np.median(beside_bones[bones] if bones.any() else beside_bones)
    mask: NDArray[np.bool_] = (beside_bones > TISSUE_LEVEL * reference) | bones
    return mask


def carry_detail(
    layers: JointLayers, soft_tissue: NDArray[np.bool_]
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return what moves with the upper and with the lower bone: its attenuation and the detail about it.

    Parameters
    ----------
    layers
        The joint as it is on the film.
    soft_tissue
        Where there is soft tissue or bone, see `find_soft_tissue`.

    Returns
    -------
        Two images (rows, columns) float32 on the joint's region. Detail is of either sign. What is not in
        them stays in place: with it they add up to the film's attenuation, as the layers do.
    """
    silhouettes = [image > 0.5 for image in (layers.upper_silhouette, layers.lower_silhouette)]
    bones = layers.upper_bone, layers.lower_bone
    if not any(mask.any() for mask in silhouettes):
        return bones
    px = 1 / float(np.sqrt(abs(np.linalg.det(layers.crop.region_to_canonical[:, :2]))))
    tissue = soft_tissue & layers.crop.inside
    known = tissue.astype(np.float32)
    near, far = (
        ndimage.gaussian_filter(image, _DETAIL_PX * px) for image in (layers.soft_tissue * known, known)
    )
    detail = layers.soft_tissue - near / np.maximum(far, np.float32(_FAINTEST))
    to_upper, to_lower = (_distance_to(mask) / np.float32(px) for mask in silhouettes)
    weight = np.clip(2 - np.minimum(to_upper, to_lower) / _REACH_PX, 0, 1)
    weight *= np.clip(_distance_to(~tissue) / np.float32(_BORDER_PX * px) - 1, 0, 1)
    detail = (detail * weight).astype(np.float32)
    with_upper = np.clip(0.5 + (to_lower - to_upper) / _BETWEEN_PX, 0, 1).astype(np.float32)
    # Where both bones are it is shared as their attenuation is.
    both = bones[0] + bones[1]
    overlap = silhouettes[0] & silhouettes[1] & (both > _FAINTEST)
    with_upper[overlap] = bones[0][overlap] / both[overlap]
    return bones[0] + detail * with_upper, bones[1] + detail * (1 - with_upper)


def _distance_to(mask: NDArray[np.bool_]) -> NDArray[np.float32]:
    """Return the distance of each pixel to a mask, pixels; further than anything where the mask is empty."""
    if not mask.any():
        return np.full(mask.shape, np.float32(sum(mask.shape)))
    return np.asarray(ndimage.distance_transform_edt(~mask), np.float32)
