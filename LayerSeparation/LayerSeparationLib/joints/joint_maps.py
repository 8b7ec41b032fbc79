"""From the joint network's maps to places where a joint may be, each with its probability."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from .finder_sizes import HAND_LENGTH_PX, JOINT_STEP_PX, VIEW_PX

_CELLS = VIEW_PX // JOINT_STEP_PX
_REACH = round(0.04 * HAND_LENGTH_PX / JOINT_STEP_PX)
"""A place holds what lies within 4 % of the hand's length, cells."""
_MOST_PLACES = 3
_LEAST_PROBABILITY = 0.02


@dataclass(frozen=True)
class Place:
    """Where a joint may be."""

    view_px: tuple[float, float]
    """(x, y) in the joint network's view, pixels."""
    probability: float
    """That the joint lies within 4 % of the hand's length."""


def places_of(logits: np.ndarray) -> list[list[Place]]:
    """Return the likeliest places of each joint, best first.

    Parameters
    ----------
    logits
        (14, 128 * 128 + 1) of the joint network.
    """
    shifted = np.exp(logits - logits.max(axis=1, keepdims=True))
    probabilities = shifted / shifted.sum(axis=1, keepdims=True)
    return [_places(joint[:-1].reshape(_CELLS, _CELLS)) for joint in probabilities]


def _places(probability: np.ndarray) -> list[Place]:
    found: list[Place] = []
    rest = probability.copy()
    y, x = np.mgrid[:_CELLS, :_CELLS]
    while len(found) < _MOST_PLACES:
        near = ndimage.uniform_filter(rest, 2 * _REACH + 1, mode="constant") * (2 * _REACH + 1) ** 2
        row, column = map(float, np.unravel_index(int(near.argmax()), near.shape))
        for _ in range(2):
            inside = (y - row) ** 2 + (x - column) ** 2 <= _REACH**2
            share = rest * inside
            mass = float(share.sum())
            if mass < _LEAST_PROBABILITY:
                return found
            row, column = float((share * y).sum() / mass), float((share * x).sum() / mass)
        place = tuple((cell + 0.5) * JOINT_STEP_PX - 0.5 for cell in (column, row))
        found.append(Place((place[0], place[1]), min(mass, 1.0)))
        rest[inside] = 0.0
    return found
