"""Bilinear values of coarse grids."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray


def sample_bilinear(
    grid: NDArray[np.float32], rows: NDArray[np.floating[Any]], columns: NDArray[np.floating[Any]]
) -> NDArray[np.float32]:
    """Return values of a grid at fractional positions, shape of `rows`; clamped to the grid."""
    rows = np.clip(rows, 0.0, grid.shape[0] - 1.001).astype(np.float32)
    columns = np.clip(columns, 0.0, grid.shape[1] - 1.001).astype(np.float32)
    top, left = rows.astype(np.int32), columns.astype(np.int32)
    down, across = rows - top, columns - left
    flat, index = grid.ravel(), top * grid.shape[1] + left
    upper = flat[index] * (1 - across) + flat[index + 1] * across
    index += grid.shape[1]
    lower = flat[index] * (1 - across) + flat[index + 1] * across
    values: NDArray[np.float32] = upper + (lower - upper) * down
    return values


def upsample_bilinear(
    coarse: NDArray[np.float32], shape: tuple[int, int], stride: float
) -> NDArray[np.float32]:
    """Return values of a coarse grid (sample i lies at pixel i * stride) at every pixel of `shape`."""
    fine = coarse
    for axis in (0, 1):
        position = np.arange(shape[axis]) / stride
        lower = np.minimum(position.astype(int), fine.shape[axis] - 2)
        weight = (position - lower).astype(np.float32)
        weight = weight[:, None] if axis == 0 else weight[None, :]
        fine = np.take(fine, lower, axis) * (1 - weight) + np.take(fine, lower + 1, axis) * weight
    return fine
