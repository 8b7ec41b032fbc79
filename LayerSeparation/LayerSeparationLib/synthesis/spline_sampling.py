"""B-spline interpolation of images at scattered positions.

`scipy.ndimage.map_coordinates` does the same, five to ten times slower: it works in float64, one point after
the other, whereas here each tap of the kernel is one sweep over many points.
"""

from __future__ import annotations

from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

Number = TypeVar("Number", float, NDArray[np.floating[Any]])

_POINTS_A_SWEEP = 16_384
"""So many points, with all that is worked out for them, stay in a core's cache."""


def spline_weights(fraction: Number, order: int) -> tuple[Number, ...]:
    """Weights of the B-spline coefficients around a position, order 1 or 3 (Unser, doi 10.1109/79.799930)."""
    if order == 1:
        return 1 - fraction, fraction
    rest = 1 - fraction
    first: Number = rest * rest * rest / 6
    last: Number = fraction * fraction * fraction / 6
    # The two in between follow: weights add up to 1, and weighted positions to the fraction.
    return first, rest + last - 2 * first, fraction + first - 2 * last, last


def sample_spline(
    coefficients: NDArray[np.float32], x: NDArray[np.float32], y: NDArray[np.float32], order: int
) -> NDArray[np.float32]:
    """Evaluate a spline at positions.

    Parameters
    ----------
    coefficients
        (rows, columns) float32, C-contiguous: B-spline coefficients (order 3) or the image itself (order 1).
    x, y
        (n,) positions in pixels. Beyond the outermost position that has all its coefficients, that one's
        value is taken.
    order
        3: cubic, 1: linear.

    Returns
    -------
    (n,) float32.
    """
    rows, columns = coefficients.shape
    border = (order - 1) // 2
    flat = coefficients.ravel()
    values = np.zeros(x.shape, np.float32)
    for start in range(0, x.size, _POINTS_A_SWEEP):
        sweep = slice(start, start + _POINTS_A_SWEEP)
        x_whole, x_fraction = _split(x[sweep], border, columns - 1 - border)
        y_whole, y_fraction = _split(y[sweep], border, rows - 1 - border)
        along_x, along_y = spline_weights(x_fraction, order), spline_weights(y_fraction, order)
        first = ((y_whole - border) * columns + (x_whole - border)).astype(np.intp)
        total, line, tap = values[sweep], *np.empty((2, first.size), np.float32)
        for down, y_weight in enumerate(along_y):
            for right, x_weight in enumerate(along_x):
                # At the far border the last taps lie beyond the image, and weigh nothing.
                flat[down * columns + right :].take(first, out=tap, mode="clip")
                if right == 0:
                    np.multiply(tap, x_weight, out=line)
                else:
                    line += np.multiply(tap, x_weight, out=tap)
            total += np.multiply(line, y_weight, out=line)
    return values


def _split(
    position: NDArray[np.float32], lowest: int, highest: int
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Integer part of positions that are kept within bounds of 0 or more, and the fraction above it."""
    kept = np.clip(position, lowest, highest)
    whole = np.floor(kept)
    return whole.astype(np.int32), (kept - whole).astype(np.float32, copy=False)
