"""How certain a joint space width is: 90 % intervals, from the standard deviations of the margins' rows.

The errors of the two margins are taken as independent of one another, and those of one margin as alike over
`_ALIKE_PX` columns: a margin is one smooth line, so its columns do not err each for itself.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .margins import Margins

COVERAGE = 0.9
"""Part of the intervals that hold the true width."""
_CALIBRATION = 1.0
"""What the standard deviations are multiplied by so that the intervals hold what they say."""
_HALF = 1.6449 * _CALIBRATION
"""Half an interval in standard deviations: 5 % of a normal distribution lie above it, 5 % below."""
_ALIKE_PX = 16.0
"""Columns over which the error of a margin is alike: 1.3 mm."""


def mean_interval(margins: Margins) -> tuple[float, float]:
    """Return the interval of the mean width, in canonical pixels.

    Examples
    --------
    >>> x = np.arange(60.0, 201.0)
    >>> upper, lower = (np.column_stack([x, np.full(x.size, y)]) for y in (100, 112))
    >>> sd = np.full(x.size, 0.5)
    >>> low, high = mean_interval(Margins(upper, lower, (60, 200), (60, 200), sd, sd))
    >>> round(low, 2), round(high, 2)
    (11.45, 12.55)
    """
    columns, widths = margins.widths()
    alike = min(1.0, _ALIKE_PX / columns.size)
    half = _HALF * float(np.sqrt(np.mean(_width_sd(margins, columns) ** 2) * alike))
    mean = float(np.maximum(widths, 0).mean())
    return max(mean - half, 0.0), mean + half


def profile_interval(margins: Margins) -> NDArray[np.float64]:
    """Return the interval of each width of the profile, (n, 2) in canonical pixels."""
    columns, widths = margins.widths()
    half = _HALF * _width_sd(margins, columns)
    return np.maximum(np.column_stack([widths - half, widths + half]), 0)


def minimum_interval(margins: Margins) -> tuple[float, float]:
    """Return the interval of the least width, in canonical pixels: that of the column where it lies."""
    low, high = profile_interval(margins)[int(np.argmin(margins.widths()[1]))]
    return float(low), float(high)


def _width_sd(margins: Margins, columns: NDArray[np.float64]) -> NDArray[np.float64]:
    upper, lower = (
        np.interp(columns, line[:, 0], sd)
        for line, sd in ((margins.upper, margins.upper_sd_px), (margins.lower, margins.lower_sd_px))
    )
    return np.hypot(upper, lower)
