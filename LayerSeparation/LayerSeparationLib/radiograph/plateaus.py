"""Plateaus at the ends of the grey scale: collimation, padding, clipped air."""

import numpy as np
from numpy.typing import NDArray

# A plateau reaches so far from the end of the grey scale, in shares of the range between these percentiles;
# letters alone must not widen that.
DEPTH = 0.01
DARK_DEPTH = 0.002
RANGE_PERCENT = 2.0
# A plateau counts fully from the second of these shares of the film on, and not at all below the first. On
# 1,194 joint crops the largest share at the bright end is 2.3 %.
SHARES = (0.025, 0.06)
# What is darker than this share of all that is no plateau shows nothing.
DARKEST_SHARE = 0.02


def smooth_step(value: float, first: float, last: float) -> float:
    """Rise from 0 at `first` to 1 at `last` without a kink."""
    part = min(1.0, max(0.0, (value - first) / (last - first)))
    return part * part * (3 - 2 * part)


def without_plateaus(film: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Bring what lies below the darkest air up to it, and find what is no bright collimation.

    Parameters
    ----------
    film
        (rows, columns): bone bright.

    Returns
    -------
    film, weights
        Of the same shape; weights from nearly 0 for collimation to 1 for what shows something.
    """
    low, high = np.percentile(film, [RANGE_PERCENT, 100 - RANGE_PERCENT])
    span = max(float(high - low), 1e-9 * float(np.ptp(film)))
    bright = _plateau(film.max() - film, DEPTH * span)
    graded = bright * _plateau(film - film.min(), DARK_DEPTH * span)
    order = np.argsort(film, axis=None)
    below = np.cumsum(graded.ravel()[order])
    darkest = np.interp(DARKEST_SHARE * below[-1], below, film.ravel()[order])
    return np.maximum(film, darkest), bright


def _plateau(from_end: NDArray[np.float64], depth: float) -> NDArray[np.float64]:
    near = np.clip(2 - from_end / depth, 0, 1)
    return np.asarray(1 - 0.999 * smooth_step(float(near.mean()), *SHARES) * near)
