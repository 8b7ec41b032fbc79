"""A bone's silhouette is one region without holes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

_OUTSIDE, _INSIDE = np.float32(0.0), np.float32(1.0)


def keep_one_region(probability: NDArray[np.float32]) -> NDArray[np.float32]:
    """Keep the largest region above 0.5 and fill its holes: (rows, columns) float32 0..1 to the same.

    Only what is wrong changes: probabilities of other regions become 0, those of holes 1.
    """
    mask = probability > 0.5
    regions, count = ndimage.label(mask)
    if count == 0:
        return probability
    largest = regions == 1 + np.argmax(np.bincount(regions.ravel())[1:])
    filled = ndimage.binary_fill_holes(largest)
    cleaned = np.where(mask & ~filled, _OUTSIDE, probability)
    return np.where(filled & ~mask, _INSIDE, cleaned)
