"""Whether margins can be those of a joint: along their bones, facing each other, no steeper than heads."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .margins import Margins

_OFF_OUTLINE_PX = 7.0
"""The head's contour lies on the outline of its bone to within 0.6 mm..."""
_MOST_OFF = 0.15
"""...in all but this part of the columns."""
_DEEPEST_PLATE_PX = 24.0
"""The base's plate lies within 2 mm of the base's rim, in the median of the columns..."""
_BELOW_OUTLINE_PX = 4.0
"""...and nowhere farther below it than 0.3 mm."""
_STEEPEST = 1.9
"""Rows a column over `_STEEP_PX`; the heads of phantoms rise by 1.0."""
_STEEP_PX = 8
_WIDTH_RATIO = (0.75, 1.6)
"""Width of the upper bone's end over that of the lower's; 0.9 to 1.4 in phantoms of all kinds."""
_GREATEST_SHIFT = 0.35
"""Of the two ends' middles against each other, in widths of the lower."""
_LEAST_CERTAIN_PX = 1.5
"""Median standard deviation of a margin's rows, 0.12 mm."""


def check_margins(margins: Margins, silhouettes: NDArray[np.float32]) -> tuple[str, ...]:
    """Look at a joint's margins, and at the ends of its bones, for what no joint looks like.

    Parameters
    ----------
    margins
        On the canonical crop.
    silhouettes
        (2, 256, 256) probabilities 0..1 of upper and lower silhouette there.

    Returns
    -------
    tuple of str
        What is to be looked at: in short, then more in brackets.

    Examples
    --------
    >>> silhouettes = np.zeros((2, 256, 256), np.float32)
    >>> silhouettes[0, :116, 60:201] = silhouettes[1, 128:, 60:201] = 1
    >>> x = np.arange(80.0, 181.0)
    >>> upper, lower = (np.column_stack([x, np.full(x.size, y)]) for y in (112, 128))
    >>> sd = np.full(x.size, 0.5)
    >>> check_margins(Margins(upper, lower, (60, 200), (60, 200), sd, sd), silhouettes)
    ()
    >>> upper[:, 1] = 80
    >>> check_margins(Margins(upper, lower, (60, 200), (60, 200), sd, sd), silhouettes)
    ('the upper margin lies deep in its bone (a growth plate, or the rim of the base?)',)
    """
    found = []
    upper, lower = (silhouette > 0.5 for silhouette in silhouettes)
    columns = margins.upper[:, 0].astype(int)
    bottom = upper.shape[0] - 1 - np.argmax(upper[::-1], axis=0)[columns]
    depth = bottom - margins.upper[:, 1]
    if np.median(depth) > _DEEPEST_PLATE_PX:
        found.append("the upper margin lies deep in its bone (a growth plate, or the rim of the base?)")
    if depth.min() < -_BELOW_OUTLINE_PX:
        found.append("the upper margin leaves its bone (it is drawn below the outline)")
    top = np.argmax(lower, axis=0)[margins.lower[:, 0].astype(int)]
    if np.mean(np.abs(margins.lower[:, 1] - top) > _OFF_OUTLINE_PX) > _MOST_OFF:
        found.append("the lower margin leaves the outline of its bone (which of them is the head's contour?)")
    for name, line in (("upper", margins.upper), ("lower", margins.lower)):
        if _steepness(line, margins.widths()[0]) > _STEEPEST:
            found.append(f"the {name} margin is steeper than a joint is (does it follow another edge?)")
    for name, sd_px in (("upper", margins.upper_sd_px), ("lower", margins.lower_sd_px)):
        if np.median(sd_px) > _LEAST_CERTAIN_PX:
            found.append(f"the {name} margin can hardly be told (a faint, blurred or doubled edge)")
    return (*found, *_check_ends(margins))


def _check_ends(margins: Margins) -> list[str]:
    """Compare the ends of the two bones with each other."""
    found = []
    (left, right), (lower_left, lower_right) = margins.upper_extent, margins.lower_extent
    width, lower_width = right - left, max(lower_right - lower_left, 1.0)
    if not _WIDTH_RATIO[0] <= width / lower_width <= _WIDTH_RATIO[1]:
        wide = "narrow" if width < lower_width else "wide"
        found.append(f"the upper bone's end is too {wide} for the lower's (is each of them one bone?)")
    if abs((left + right) - (lower_left + lower_right)) / 2 > _GREATEST_SHIFT * lower_width:
        found.append("the bones lie side by side (subluxation, or an outline that is cut)")
    return found


def _steepness(line: NDArray[np.float64], measured: NDArray[np.float64]) -> float:
    """Return the greatest slope of a margin over some of the columns that are measured, rows a column."""
    rows = np.interp(measured, line[:, 0], line[:, 1])
    if rows.size <= _STEEP_PX:
        return 0.0
    return float(np.abs(rows[_STEEP_PX:] - rows[:-_STEEP_PX]).max()) / _STEEP_PX
