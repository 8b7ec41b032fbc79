"""How certain a joint space width is: 90 % intervals, from the standard deviations of the margins' rows.

The errors of the two margins are taken as independent of one another, and those of one margin as alike over
`_ALIKE_PX` columns: a margin is one smooth line, so its columns do not err each for itself.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..joints import CANONICAL_MM_PER_PX
from .margins import Margins

COVERAGE = 0.9
"""Part of the intervals that hold the true width."""
CERTAIN_PX = 0.2 / CANONICAL_MM_PER_PX
"""Half of the widest interval that is called measured, 0.2 mm: such a width is off by 0.3 mm, which would be
taken for a change, once in 70 joints by its own interval, and less often in the others. On 10 of the training
hands, each joint on two other poses and five changed films, no width of the 121 with half an interval between
0.15 and 0.25 mm moved by more than 0.2 mm; looked at, such margins are in their place."""
MEASURABLE_PX = 0.5 / CANONICAL_MM_PER_PX
"""Half of the widest interval of a width that is worth a number, 0.5 mm."""
_CALIBRATION = 0.95
"""What the standard deviations are multiplied by so that the intervals hold what they say..."""
_LEAST_SD_PX = 0.55
"""...together with the deviation that every width has, 0.05 mm: both fitted on 1,152 joints of the training
material with moved bones, half of them on changed films (mean of phantoms, MCP joints, hands: 90 %)."""
_HALF = 1.6449
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
    half = half_mean_interval(margins)
    mean = float(np.maximum(margins.widths()[1], 0).mean())
    return max(mean - half, 0.0), mean + half


def half_mean_interval(margins: Margins) -> float:
    """Return half the interval of the mean width, in canonical pixels, however small the width.

    Examples
    --------
    >>> x = np.arange(60.0, 201.0)
    >>> upper, lower = (np.column_stack([x, np.full(x.size, y)]) for y in (100, 112))
    >>> certain = np.zeros(x.size)
    >>> round(half_mean_interval(Margins(upper, lower, (60, 200), (60, 200), certain, certain)), 2)
    0.43
    """
    columns, _ = margins.widths()
    alike = min(1.0, _ALIKE_PX / columns.size)
    return _HALF * float(np.sqrt(np.mean(_width_sd(margins, columns) ** 2) * alike))


def profile_interval(margins: Margins) -> NDArray[np.float64]:
    """Return the interval of each width of the profile, (n, 2) in canonical pixels."""
    columns, widths = margins.widths()
    half = _HALF * _width_sd(margins, columns)
    return np.maximum(np.column_stack([widths - half, widths + half]), 0)


def minimum_interval(margins: Margins) -> tuple[float, float]:
    """Return the interval of the least width, in canonical pixels: that of the column where it lies.

    It ends where that of the mean ends at the latest: no least width exceeds the mean.
    """
    widths = margins.widths()[1]
    low, high = profile_interval(margins)[int(np.argmin(widths))]
    return float(low), float(min(high, widths.mean() + half_mean_interval(margins)))


def _width_sd(margins: Margins, columns: NDArray[np.float64]) -> NDArray[np.float64]:
    upper, lower = (
        np.interp(columns, line[:, 0], sd)
        for line, sd in ((margins.upper, margins.upper_sd_px), (margins.lower, margins.lower_sd_px))
    )
    return np.sqrt(_CALIBRATION**2 * (upper**2 + lower**2) + _LEAST_SD_PX**2)
