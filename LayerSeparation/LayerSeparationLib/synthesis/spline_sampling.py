"""B-spline interpolation of images at scattered positions.

`scipy.ndimage.map_coordinates` does the same, five to ten times slower: it works in float64, one point after
the other, whereas here each tap of the kernel is one sweep over many points.
"""

from __future__ import annotations

from typing import TypeVar

import numpy as np

Number = TypeVar("Number", float, np.ndarray)

_POINTS_A_SWEEP = 16_384
"""So many points, with all that is worked out for them, stay in a core's cache."""


def spline_weights(fraction: Number, order: int) -> tuple[Number, ...]:
    """Weights of the B-spline coefficients around a position, order 1 or 3 (Unser, doi 10.1109/79.799930)."""
    t = fraction
    if order == 1:
        return 1 - t, t
    rest = 1 - t
    square = t * t
    cube = square * t
    return (
        rest * rest * rest / 6,
        (4 - 6 * square + 3 * cube) / 6,
        (1 + 3 * (t + square - cube)) / 6,
        cube / 6,
    )


def sample_spline(coefficients: np.ndarray, x: np.ndarray, y: np.ndarray, order: int) -> np.ndarray:
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
    before, after = (order - 1) // 2, (order + 1) // 2
    flat = coefficients.ravel()
    values = np.empty(x.shape, np.float32)
    for start in range(0, x.size, _POINTS_A_SWEEP):
        sweep = slice(start, start + _POINTS_A_SWEEP)
        x_first, x_fraction = _split(x[sweep], before, columns - 1 - after)
        y_first, y_fraction = _split(y[sweep], before, rows - 1 - after)
        along_x, along_y = spline_weights(x_fraction, order), spline_weights(y_fraction, order)
        first = (y_first - before) * columns + (x_first - before)
        total = values[sweep]
        total[...] = 0
        line, tap = np.empty_like(total), np.empty_like(total)
        for down, y_weight in enumerate(along_y):
            line[...] = 0
            for right, x_weight in enumerate(along_x):
                flat[down * columns + right :].take(first, out=tap, mode="clip")
                line += np.multiply(tap, x_weight, out=tap)
            total += np.multiply(line, y_weight, out=line)
    return values


def _split(position: np.ndarray, lowest: int, highest: int) -> tuple[np.ndarray, np.ndarray]:
    """Integer part, with all its coefficients on the image, and the fraction 0..1 above it."""
    whole = np.minimum(np.maximum(np.floor(position), lowest), highest)
    fraction = np.minimum(np.maximum(position - whole, 0), 1)
    return whole.astype(np.intp), fraction.astype(np.float32, copy=False)
