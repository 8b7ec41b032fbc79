"""How a motion fades to nothing around a joint that sits in a larger film."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..joints import CANONICAL_SIZE_PX, JointCrop
from ..joints.affine import map_points, pixel_grid

_RIGID_PART = 0.42
"""The motion is rigid within this part of the half crop around the joint, zero at the crop's border."""

_CORE_PART = 0.2
"""Other joints of the same film move nothing within this part of the half crop along the finger: 2.1 mm to
either side of the joint's centre, which holds the articular margins."""


def taper_at(canonical: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the weight of the motion at canonical points (..., 2): 1 at the joint, 0 from the border on."""
    distance = _distance(canonical)
    across = _fade(distance[..., 0], _RIGID_PART, 1.0)
    return across * _fade(distance[..., 1], _RIGID_PART, 1.0)


def core_at(canonical: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return how much of a neighbour's motion a joint keeps off at canonical points (..., 2).

    1 near its margins, 0 from the end of its rigid part on, or beside its square.
    """
    distance = _distance(canonical)
    across = _fade(distance[..., 0], _RIGID_PART, 1.0)
    return across * _fade(distance[..., 1], _CORE_PART, _RIGID_PART)


def taper_on_region(crop: JointCrop) -> NDArray[np.float32]:
    """Return the weight of the motion in every pixel of a crop's region, (rows, columns)."""
    points = map_points(crop.region_to_canonical, pixel_grid(crop.region.shape))
    return taper_at(points).astype(np.float32)


def _distance(canonical: NDArray[np.float64]) -> NDArray[np.float64]:
    """Distance from the joint's centre along either axis, in half crops."""
    return np.asarray(np.abs(canonical - (CANONICAL_SIZE_PX - 1) / 2) / (CANONICAL_SIZE_PX / 2))


def _fade(distance: NDArray[np.float64], begin: float, end: float) -> NDArray[np.float64]:
    """Go from 1 to 0 between two distances, smoothly at both."""
    ramp = np.clip((end - distance) / (end - begin), 0, 1)
    return np.asarray(ramp * ramp * (3 - 2 * ramp))
