"""Peaks of the joint network's maps: positions where a joint may be, each with its probability."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from .finder_sizes import HAND_LENGTH_PX, JOINT_STEP_PX, VIEW_PX

_CELLS = VIEW_PX // JOINT_STEP_PX
_REACH = round(0.04 * HAND_LENGTH_PX / JOINT_STEP_PX)
"""A peak holds what lies within 4 % of the hand's length, cells."""
_MOST_PEAKS = 3
_LEAST_PROBABILITY = 0.02


@dataclass(frozen=True)
class Peak:
    """Where a joint may be."""

    view_px: tuple[float, float]
    """(x, y) in the joint network's view, pixels."""
    probability: float
    """That the joint lies within 4 % of the hand's length."""


def find_peaks(logits: NDArray[np.float32]) -> list[list[Peak]]:
    """Return the likeliest positions of each joint, best first.

    Parameters
    ----------
    logits
        (14, 128 * 128 + 1) of the joint network.
    """
    shifted = np.exp(logits - logits.max(axis=1, keepdims=True))
    probabilities = shifted / shifted.sum(axis=1, keepdims=True)
    return [_peaks_of_joint(joint[:-1].reshape(_CELLS, _CELLS)) for joint in probabilities]


def _peaks_of_joint(probability: NDArray[np.float32]) -> list[Peak]:
    found: list[Peak] = []
    rest = probability.copy()
    y, x = np.mgrid[:_CELLS, :_CELLS]
    while len(found) < _MOST_PEAKS:
        near = ndimage.uniform_filter(rest, 2 * _REACH + 1, mode="constant") * (2 * _REACH + 1) ** 2
        row, column = map(float, np.unravel_index(int(near.argmax()), near.shape))
        for _ in range(2):
            inside = (y - row) ** 2 + (x - column) ** 2 <= _REACH**2
            share = rest * inside
            mass = float(share.sum())
            if mass < _LEAST_PROBABILITY:
                return found
            row, column = float((share * y).sum() / mass), float((share * x).sum() / mass)
        view_x, view_y = ((cell + 0.5) * JOINT_STEP_PX - 0.5 for cell in (column, row))
        found.append(Peak((view_x, view_y), min(mass, 1.0)))
        rest[inside] = 0.0
    return found
