"""How a motion fades to nothing around a joint that sits in a larger film."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..joints import CANONICAL_SIZE_PX, JointCrop
from ..joints.affine import map_points, pixel_grid

_RIGID_PART = 0.42
"""The motion is rigid within this part of the half crop around the joint, zero at the crop's border."""


def taper_at(canonical: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the weight of the motion at canonical points (..., 2): 1 at the joint, 0 from the border on."""
    half = CANONICAL_SIZE_PX / 2
    distance = np.abs(canonical - (CANONICAL_SIZE_PX - 1) / 2) / half
    ramp = np.clip((1 - distance) / (1 - _RIGID_PART), 0, 1)
    smooth: NDArray[np.float64] = ramp * ramp * (3 - 2 * ramp)
    return smooth[..., 0] * smooth[..., 1]


def taper_on_region(crop: JointCrop) -> NDArray[np.float32]:
    """Return the weight of the motion in every pixel of a crop's region, (rows, columns)."""
    points = map_points(crop.region_to_canonical, pixel_grid(crop.region.shape))
    return taper_at(points).astype(np.float32)
