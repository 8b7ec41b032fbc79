"""Where a bone lies on the other film, to a few pixels: normalised correlation over turns and shifts."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..errors import LayerSeparationError
from ..joints import CANONICAL_SIZE_PX
from ..joints.affine import map_points
from .bone_image import BoneImage

CENTRE_PX = (CANONICAL_SIZE_PX - 1) / 2
_STEP_PX = 4
_FINE_PX, _COARSE_PX = 3.0, 12.0
_TURNS_DEG = np.arange(-12.0, 12.1, 3.0)
_REACH_STEPS = 6
"""Shifts up to 24 px, 2 mm: joints are found to about 1 mm."""
_LEAST_WEIGHT = 10.0
"""Sum of the weights on the coarse grid below which there is hardly any bone in the crop."""


class BoneNotRegisteredError(LayerSeparationError):
    """A bone can't be brought onto the same bone of the other film; the message says why."""


class Motion(NamedTuple):
    """A turn about the crop's centre, then a shift, on the canonical crop of the follow-up."""

    turn_rad: float
    x_px: float
    y_px: float

    def matrix(self, scale: float) -> NDArray[np.float64]:
        """(2, 3): canonical pixels of the baseline to those of the follow-up, ``scale`` times as large."""
        cos, sin = scale * np.cos(self.turn_rad), scale * np.sin(self.turn_rad)
        linear = np.array([[cos, -sin], [sin, cos]])
        centre = np.array([CENTRE_PX, CENTRE_PX])
        return np.column_stack([linear, centre - linear @ centre + [self.x_px, self.y_px]])


def find_motion(baseline: BoneImage, follow_up: BoneImage, scale: float) -> Motion:
    """Return the motion of greatest correlation, to within half a step (2 px, 1.5 degrees).

    Parameters
    ----------
    baseline, follow_up
        The same bone on two films.
    scale
        Of the canonical crop of the follow-up against that of the baseline.

    Raises
    ------
    BoneNotRegisteredError
        If too little of the bone lies within the crop.
    """
    line = np.arange(_STEP_PX / 2 - 0.5, CANONICAL_SIZE_PX, _STEP_PX)
    grid = np.stack(np.meshgrid(line, line), axis=-1)
    weight = baseline.weight[_STEP_PX // 2 :: _STEP_PX, _STEP_PX // 2 :: _STEP_PX]
    total = float(weight.sum())
    if total < _LEAST_WEIGHT or follow_up.weight.sum() < _LEAST_WEIGHT * _STEP_PX**2:
        raise BoneNotRegisteredError("too little of the bone is seen")
    fixed = baseline.value(grid.reshape(-1, 2), _FINE_PX, _COARSE_PX).reshape(weight.shape)
    fixed = weight * (fixed - np.average(fixed, weights=weight))
    energy = float((fixed**2 / np.maximum(weight, 1e-9)).sum())
    padded = (2 * weight.shape[0], 2 * weight.shape[1])
    fixed_spectrum, weight_spectrum = (np.conj(np.fft.rfft2(image, padded)) for image in (fixed, weight))
    best, found = -np.inf, Motion(0.0, 0.0, 0.0)
    steps = np.r_[0 : _REACH_STEPS + 1, -_REACH_STEPS:0]
    for turn_rad in np.deg2rad(_TURNS_DEG):
        matrix = Motion(turn_rad, 0.0, 0.0).matrix(scale)
        points = map_points(matrix, grid).reshape(-1, 2)
        moving = follow_up.value(points, _FINE_PX, _COARSE_PX).reshape(weight.shape)
        spectrum, square_spectrum = (np.fft.rfft2(image, padded) for image in (moving, moving**2))
        product, mean, square = (
            np.fft.irfft2(one, padded)[np.ix_(steps, steps)]
            for one in (
                fixed_spectrum * spectrum,
                weight_spectrum * spectrum,
                weight_spectrum * square_spectrum,
            )
        )
        correlation = product / np.sqrt(energy * np.maximum(square - mean**2 / total, 1e-9))
        row, column = np.unravel_index(int(correlation.argmax()), correlation.shape)
        if correlation[row, column] > best:
            best = float(correlation[row, column])
            x_px, y_px = matrix[:, :2] @ (_STEP_PX * np.array([steps[column], steps[row]]))
            found = Motion(float(turn_rad), float(x_px), float(y_px))
    return found
