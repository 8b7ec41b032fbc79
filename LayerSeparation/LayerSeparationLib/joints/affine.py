"""Affine maps of the plane as (2, 3) matrices, and images seen through them. Points are (x, y), y down."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import ndimage


def map_points(matrix: NDArray[np.float64], points: ArrayLike) -> NDArray[np.float64]:
    """Map points (..., 2) of (x, y) by a (2, 3) matrix."""
    mapped: NDArray[np.float64] = np.asarray(points) @ matrix[:, :2].T + matrix[:, 2]
    return mapped


def invert(matrix: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the (2, 3) matrix of the way back.

    Raises
    ------
    numpy.linalg.LinAlgError
        If there is none.

    Examples
    --------
    >>> invert(np.array([[2.0, 0, 1], [0, 4.0, -2]])).tolist()
    [[0.5, 0.0, -0.5], [0.0, 0.25, 0.5]]
    """
    linear = np.linalg.inv(matrix[:, :2])
    return np.column_stack([linear, -linear @ matrix[:, 2]])


def compose(second: NDArray[np.float64], first: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the (2, 3) matrix that maps by ``first``, then by ``second``.

    Examples
    --------
    >>> compose(np.array([[2.0, 0, 0], [0, 2.0, 0]]), np.array([[1.0, 0, 3], [0, 1.0, -1]])).tolist()
    [[2.0, 0.0, 6.0], [0.0, 2.0, -2.0]]
    """
    return np.column_stack([second[:, :2] @ first[:, :2], map_points(second, first[:, 2])])


def shift_origin(matrix: NDArray[np.float64], origin_px: tuple[float, float]) -> NDArray[np.float64]:
    """Return the same (2, 3) map for points that are counted from ``origin_px`` (x, y)."""
    return np.column_stack([matrix[:, :2], map_points(matrix, np.array(origin_px, float))])


def pixel_grid(shape: tuple[int, int]) -> NDArray[np.float64]:
    """Return the (x, y) of every pixel of an image of that shape: (rows, columns, 2)."""
    y, x = np.mgrid[: shape[0], : shape[1]]
    return np.stack([x, y], axis=-1).astype(np.float64)


def resample(
    image: NDArray[np.float32],
    to_image: NDArray[np.float64],
    shape: tuple[int, int],
    order: int,
    beyond: str = "nearest",
) -> NDArray[np.float32]:
    """Sample an image at the pixels of a grid.

    Parameters
    ----------
    image
        (rows, columns).
    to_image
        (2, 3) matrix from the grid's (x, y) to the image's.
    shape
        (rows, columns) of the grid.
    order
        Of the spline, 0 to 5.
    beyond
        'nearest': the image's border repeats; 'constant': it is followed by 0.

    Returns
    -------
    ndarray of float32
        Of that shape.
    """
    linear = to_image[::-1, 1::-1]
    offset = to_image[::-1, 2]
    sampled: NDArray[np.float32] = ndimage.affine_transform(
        image, linear, offset, output_shape=shape, output=np.float32, order=order, mode=beyond
    )
    return sampled
