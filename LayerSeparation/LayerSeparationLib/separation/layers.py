"""The layers of one joint, on the film's own pixels."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from ..joints import CANONICAL_MM_PER_PX, JointCrop, JointPose
from ..radiograph import Radiograph
from ..radiograph.attenuation import attenuation_from_intensity
from .film_noise import FilmNoise, find_noise
from .margin_rows import MarginRows

BRIGHTEST = 0.998
"""The brightest intensity that the network was trained on."""
_BONY = 0.25
"""Share of bone above which a saturated pixel counts as bone."""

_RIM_PX = 8.0
"""Soft tissue so near to a bone, 0.7 mm on the canonical crop, is not asked about noise: outlines are no
sharper."""

SATURATION = -math.log(1 - BRIGHTEST)
"""Attenuation above which a pixel tells nothing but 'more'."""


@dataclass(frozen=True, eq=False)
class CanonicalSeparation:
    """What the network said, on the canonical crop (256 x 256)."""

    image: NDArray[np.float32]
    """(256, 256) float32 intensity."""
    shares: NDArray[np.float32]
    """(3, 256, 256) float32, 0..1, sum 1: soft tissue, upper bone, lower bone."""
    silhouettes: NDArray[np.float32]
    """(2, 256, 256) float32, 0..1: probability of the upper, the lower bone's silhouette."""
    margins: MarginRows
    """Articular margins, column by column."""


@dataclass(frozen=True, eq=False)
class JointLayers:
    """Soft tissue, upper bone and lower bone of a joint.

    The layers are attenuations ``A = -ln(1 - intensity)`` on the pixels of ``crop.region``, a rectangle of
    the film, without noise; ``soft_tissue + upper_bone + lower_bone + noise`` is the film's attenuation in
    the joint's own (rotated) square, ``crop.inside``. Outside of it nothing is known of bones, and every
    layer is 0.

    Examples
    --------
    >>> from LayerSeparationLib import Separator, make_joint
    >>> joint = make_joint("MCP", 3)
    >>> layers = Separator("cpu").separate(joint.radiograph, joint.pose)
    >>> total = layers.soft_tissue + layers.upper_bone + layers.lower_bone + layers.noise
    >>> bool(np.abs(total - layers.attenuation).max() < 1e-5)
    True
    """

    crop: JointCrop
    """The joint on its radiograph."""
    canonical: CanonicalSeparation
    """What the network said."""
    weights_sha256: str
    """Of the network's weights."""

    @property
    def radiograph(self) -> Radiograph:
        """The radiograph of the joint."""
        return self.crop.radiograph

    @property
    def pose(self) -> JointPose:
        """Where the joint lies on the film."""
        return self.crop.pose

    @cached_property
    def image(self) -> NDArray[np.float32]:
        """(rows, columns) float32 intensity 0..1 of the region, the film's own pixels."""
        return np.ascontiguousarray(self.radiograph.intensity[self.crop.region.slices])

    @cached_property
    def attenuation(self) -> NDArray[np.float32]:
        """(rows, columns) float32 attenuation of the region."""
        return attenuation_from_intensity(self.image)

    @cached_property
    def film_noise(self) -> FilmNoise:
        """Noise of the film in the region, which belongs to no layer: it stays where it is."""
        silhouettes = np.maximum(self.upper_silhouette, self.lower_silhouette)
        px = float(np.sqrt(abs(np.linalg.det(self.crop.region_to_canonical[:, :2]))))
        return find_noise(self.image, silhouettes > 0.5, px * CANONICAL_MM_PER_PX, _RIM_PX / px)

    @cached_property
    def noise(self) -> NDArray[np.float32]:
        """(rows, columns) float32 attenuation, of either sign: what the film has more than without noise."""
        return self._in_square(self.attenuation - self._without_noise)

    @cached_property
    def _without_noise(self) -> NDArray[np.float32]:
        return attenuation_from_intensity(self.film_noise.remove_from(self.image))

    @cached_property
    def soft_tissue(self) -> NDArray[np.float32]:
        """(rows, columns) float32 attenuation: all that is not bone of this joint, in the joint's square."""
        return self._in_square(self._without_noise - self.upper_bone - self.lower_bone)

    @property
    def upper_bone(self) -> NDArray[np.float32]:
        """(rows, columns) float32 attenuation of the distal bone."""
        return np.asarray(self._bones[0])

    @property
    def lower_bone(self) -> NDArray[np.float32]:
        """(rows, columns) float32 attenuation of the proximal bone."""
        return np.asarray(self._bones[1])

    @cached_property
    def _bones(self) -> NDArray[np.float32]:
        shares = np.stack([self._share(1), self._share(2)])
        return bone_attenuation(shares, self._without_noise)

    @cached_property
    def upper_silhouette(self) -> NDArray[np.float32]:
        """(rows, columns) float32: probability of the distal bone's silhouette; its mask is > 0.5."""
        return self._in_square(self.crop.to_region(self.canonical.silhouettes[0]))

    @cached_property
    def lower_silhouette(self) -> NDArray[np.float32]:
        """(rows, columns) float32: probability of the proximal bone's silhouette; its mask is > 0.5."""
        return self._in_square(self.crop.to_region(self.canonical.silhouettes[1]))

    def _share(self, index: int) -> NDArray[np.float32]:
        return self._in_square(np.clip(self.crop.to_region(self.canonical.shares[index]), 0, 1))

    def _in_square(self, image: NDArray[np.float32]) -> NDArray[np.float32]:
        return image if self.crop.is_canonical else np.where(self.crop.inside, image, np.float32(0))


def bone_attenuation(
    bone_shares: NDArray[np.float32], attenuation: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Attenuation of upper and lower bone, (2, rows, columns), from their shares (2, rows, columns).

    Shares hold up to `SATURATION`. What a saturated pixel has beyond that is bone wherever there is bone:
    soft tissue alone does not saturate a film.
    """
    bones = bone_shares * np.minimum(attenuation, np.float32(SATURATION))
    excess = np.maximum(attenuation - np.float32(SATURATION), 0)
    if excess.any():
        total = bone_shares.sum(axis=0)
        weight = np.where(total > _BONY, bone_shares / np.maximum(total, np.float32(_BONY)), bone_shares)
        bones = bones + weight * excess
    return bones
