"""The Dice coefficient of silhouettes, for the figures of the weights."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


def dice_coefficient(found: NDArray[np.bool_], true: NDArray[np.bool_]) -> float:
    """Return twice the pixels in common over those of either; 0 where both are empty."""
    return 2 * float((found & true).sum()) / max(1, int(found.sum()) + int(true.sum()))


def mean_dice(scores: Sequence[tuple[float, float]]) -> dict[str, float]:
    """Return the means of (upper, lower) bones and the number of joints; nothing of no joints."""
    if not scores:
        return {}
    upper, lower = np.mean(scores, axis=0)
    return {"upper_bone": float(upper), "lower_bone": float(lower), "joints": len(scores)}
