"""What a film shows, told from the order of its grey values alone: whatever keeps the order changes nothing.

A window, a veil, a gamma or a logarithm keep the order of grey values. Each pixel's rank, 0 for the darkest
and 1 for the brightest, is therefore the same in every such copy of a film, and so is all that is told here.
"""

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

# Ranks are looked at on a film brought down to this many pixels along its longer edge.
ORDER_EDGE_PX = 160
_SCALES_PX = (1.5, 4.0)
_BLURS_PX = (2.0, 5.0, 12.0)
_RANKS = (np.arange(8) + 0.5) / 8
_RANK_WIDTH = 0.08


def shrink(film: NDArray[np.float64], edge_px: int) -> NDArray[np.float64]:
    """Bring a film down so that its longer edge has `edge_px` pixels; a smaller one is returned as it is."""
    factor = max(film.shape) / edge_px
    if factor <= 1:
        return film
    smooth = ndimage.gaussian_filter(film, 0.5 * factor, mode="nearest")
    shape = tuple(max(1, round(edge / factor)) for edge in film.shape)
    return np.asarray(
        ndimage.affine_transform(
            smooth, [factor, factor], (factor - 1) / 2, output_shape=shape, order=1, mode="nearest"
        )
    )


def ranks(film: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the rank of each pixel, 0..1; pixels of one grey value share the middle of their ranks."""
    _, which, count = np.unique(film, return_inverse=True, return_counts=True)
    middle = (np.cumsum(count) - count / 2) / film.size
    return np.asarray(middle[which].reshape(film.shape))


def order_features(film: NDArray[np.float64]) -> NDArray[np.float64]:
    """Describe where grey values change in a film: shape (21,), without unit.

    For eight ranks the mean slope of the ranks there, at two scales; their variance at three scales; their
    mean at the border and in the corners.
    """
    rank = ranks(shrink(film, ORDER_EDGE_PX))
    kernel = np.exp(-0.5 * ((rank.reshape(-1, 1) - _RANKS) / _RANK_WIDTH) ** 2) + 1e-6
    kernel /= kernel.sum(axis=0)
    features = []
    for scale in _SCALES_PX:
        down, across = np.gradient(ndimage.gaussian_filter(rank, scale, mode="nearest"))
        features.append(np.log(kernel.T @ np.hypot(down, across).ravel() + 2e-3))
    spread = [ndimage.gaussian_filter(rank, blur, mode="nearest").var() for blur in _BLURS_PX]
    features.append(np.log(np.array(spread) + 1e-3))
    rows, columns = (np.abs((np.arange(edge) + 0.5) / edge * 2 - 1) for edge in rank.shape)
    border = np.maximum(rows[:, None], columns) ** 4
    corners = (rows[:, None] * columns) ** 2
    features.append(np.array([np.average(rank, weights=border), np.average(rank, weights=corners)]))
    return np.concatenate(features)
