"""One bone of a separated joint, as its registration sees it: band-passed attenuation and its weight."""

from __future__ import annotations

from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from ..joints import CANONICAL_SIZE_PX
from ..joints.affine import invert, map_points
from ..separation import JointLayers
from ..separation.layers import SATURATION
from ..synthesis.spline_sampling import sample_spline

BoneName = Literal["upper", "lower"]
BONES: tuple[BoneName, BoneName] = ("upper", "lower")

_DILATION_PX = 4.0
"""The bone's contour against the soft tissue counts, so far beyond the silhouette."""
_WEIGHT_OF_OVERLAP = 0.2
"""Where the other bone projects over it, a bone's own attenuation is the network's word, not the film's."""
_RAMP_PX = 4.0
"""Over so far the weight falls near the other bone, and near the border of the crop."""
_REACH_PX = 75.0
"""6 mm of bone from the joint on: the shaft beyond tells little, and moves when the finger bends."""
_REACH_RAMP_PX = 20.0
_LINEAR, _CUBIC = 1, 3


class Band(NamedTuple):
    """A bone's attenuation between two scales, on the pixels of the joint's region."""

    coefficients: NDArray[np.float32]
    """Cubic spline coefficients of the band-passed attenuation."""
    background: NDArray[np.float32]
    """What the band leaves out at its coarse end: how dense the film is there."""


class BandSample(NamedTuple):
    """A band at n points."""

    value: NDArray[np.float64]
    """(n,) band-passed attenuation."""
    gradient: NDArray[np.float64]
    """(n, 2) its derivative along x and y of the canonical crop, per pixel."""
    background: NDArray[np.float64]
    """(n,) attenuation at the coarse end of the band."""


class BoneImage:
    """A bone of a separated joint, ready to be sampled at points of the joint's canonical crop.

    What is registered is the film's attenuation without the *other* bone: the contour of this bone is then
    the film's own, not the network's opinion of what is bone and what is soft tissue, and the other bone does
    not disturb.

    Parameters
    ----------
    layers
        The joint.
    bone
        'upper' or 'lower'.
    """

    def __init__(self, layers: JointLayers, bone: BoneName) -> None:
        other = layers.lower_bone if bone == "upper" else layers.upper_bone
        self._attenuation = np.minimum(layers.attenuation, np.float32(SATURATION)) - other
        self._to_region = invert(layers.crop.region_to_canonical)
        self._region_px = float(np.sqrt(abs(np.linalg.det(self._to_region[:, :2]))))
        self._bands: dict[tuple[float, float], Band] = {}
        self.weight = _weight(layers.canonical.silhouettes > 0.5, BONES.index(bone))
        """(256, 256), 0..1: how much each pixel of the canonical crop counts."""

    def sample(self, points: NDArray[np.float64], fine_px: float, coarse_px: float) -> BandSample:
        """Return the band between two scales (sd of Gaussians, canonical px) at canonical points (n, 2)."""
        band = self._band(fine_px, coarse_px)
        half = 0.5
        steps = np.array([[0, 0], [half, 0], [-half, 0], [0, half], [0, -half]])
        on_region = map_points(self._to_region, points)
        middle, right, left, below, above = (self._at(band.coefficients, on_region + step) for step in steps)
        on_region_gradient = np.column_stack([right - left, below - above])
        return BandSample(
            middle,
            on_region_gradient @ self._to_region[:, :2],
            self._at(band.background, on_region, _LINEAR),
        )

    def value(self, points: NDArray[np.float64], fine_px: float, coarse_px: float) -> NDArray[np.float64]:
        """Return only the values of `sample`, (n,)."""
        band = self._band(fine_px, coarse_px)
        return self._at(band.coefficients, map_points(self._to_region, points))

    @staticmethod
    def _at(
        image: NDArray[np.float32], on_region: NDArray[np.float64], order: int = _CUBIC
    ) -> NDArray[np.float64]:
        x, y = np.ascontiguousarray(on_region.T, dtype=np.float32)
        return sample_spline(image, x, y, order).astype(np.float64)

    def _band(self, fine_px: float, coarse_px: float) -> Band:
        if (fine_px, coarse_px) not in self._bands:
            image = self._attenuation
            background = ndimage.gaussian_filter(image, coarse_px * self._region_px, mode="nearest")
            fine = ndimage.gaussian_filter(image, fine_px * self._region_px, mode="nearest")
            coefficients = ndimage.spline_filter(fine - background, _CUBIC, output=np.float32, mode="nearest")
            self._bands[fine_px, coarse_px] = Band(coefficients, background)
        return self._bands[fine_px, coarse_px]


def _weight(silhouettes: NDArray[np.bool_], index: int) -> NDArray[np.float64]:
    """Return how much each pixel of the canonical crop tells of one of the two bones."""
    own, other = silhouettes[index], silhouettes[1 - index]
    if not own.any() or not other.any():
        return np.zeros(own.shape)
    near = np.clip((_DILATION_PX + 2 - ndimage.distance_transform_edt(~own)) / 2, 0, 1)
    apart = np.clip((ndimage.distance_transform_edt(~other) - 1) / _RAMP_PX, 0, 1)
    apart = np.where(own, _WEIGHT_OF_OVERLAP + (1 - _WEIGHT_OF_OVERLAP) * apart, apart)
    row = np.arange(CANONICAL_SIZE_PX)
    rows = np.flatnonzero(own.any(axis=1))
    from_joint = rows[-1] - row if index == 0 else row - rows[0]
    reach = np.clip((_REACH_PX - from_joint) / _REACH_RAMP_PX, 0, 1)
    border = np.clip((np.minimum(row, row[::-1]) - 2) / _RAMP_PX, 0, 1)
    weight: NDArray[np.float64] = near * apart * reach[:, None] * np.minimum.outer(border, border)
    return weight
