"""Whether margins can be those of a joint: in their bones, facing each other, neither steep nor stepped."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .margins import Margins

_OFF_OUTLINE_PX = 7.0
"""The head's contour lies on the outline of its bone to within 0.6 mm..."""
_MOST_OFF = 0.15
"""...in all but this part of the columns."""
_MOST_LEAKING = 0.3
"""Part of the columns in which the lower outline may run on above the head: in growing PIP joints it often
does at one of the condyles, which is a local error of the outline and none of the width."""
_DEEPEST_PLATE_PX = {"MCP": 36.0, "PIP": 22.0, "DIP": 20.0, "IP": 28.0}
"""The base's plate lies so near to the base's rim, in the median of the columns: at most 33, 18, 17 and 26
px in joints of the training hands that are in their place by eye..."""
_DEEPEST_PLATE_OF_ALL_PX = 36.0
_BELOW_OUTLINE_PX = 4.0
"""...and nowhere farther below it than 0.3 mm."""
_STEEPEST = 1.9
"""Rows a column over `_STEEP_PX`; the heads of phantoms rise by 1.0."""
_STEEP_PX = 8
_HIGHEST_STEP_PX = {"MCP": 5.5}
"""A margin goes on as it went to within 0.5 mm: in training joints where one has a higher step, the line
changes from one edge of the base to another there, by eye in 29 of 33..."""
_HIGHEST_STEP_OF_ALL_PX = 8.0
"""...or from one condyle to the other, whose notch alone makes up to 0.6 mm in PIP, DIP and IP joints."""
_BESIDE_STEP_PX = 12
_WITHIN_STEP_PX = 4
"""Columns on either side that tell how a margin went on, and those between in which it steps."""
_END_PX = (24, 60)
"""The end of the upper bone is what lies so far above its margin, that of the lower what lies so far
below."""
_WIDTH_RATIO = (0.75, 1.65)
"""Width of the upper bone's end over that of the lower's; 0.84 to 1.56 in the joints of the training
hands."""
_GREATEST_SHIFT = 0.3
"""Of the two ends' middles against each other, in widths of the lower; 0.21 there."""
_ENDS_APART_PX = 17.0
"""Columns that both bones share, by the margins and by the silhouettes: they end within 1.1 mm of one
another there."""
_LEAST_CERTAIN_PX = 2.75
"""Median standard deviation of a margin's rows, 0.23 mm."""


def check_margins(margins: Margins, silhouettes: NDArray[np.float32], kind: str = "") -> tuple[str, ...]:
    """Look at a joint's margins, and at the ends of its bones, for what no joint looks like.

    Parameters
    ----------
    margins
        On the canonical crop.
    silhouettes
        (2, 256, 256) probabilities 0..1 of upper and lower silhouette there.
    kind
        'MCP', 'PIP', 'DIP' or 'IP'; any other may have its plate as deep as any of them.

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
    if np.median(depth) > _DEEPEST_PLATE_PX.get(kind, _DEEPEST_PLATE_OF_ALL_PX):
        found.append("the upper margin lies deep in its bone (a growth plate, or the rim of the base?)")
    if depth.min() < -_BELOW_OUTLINE_PX:
        found.append("the upper margin leaves its bone (it is drawn below the outline)")
    top = np.argmax(lower, axis=0)[margins.lower[:, 0].astype(int)]
    inside = margins.lower[:, 1] - top
    if np.mean(inside < -_OFF_OUTLINE_PX) > _MOST_OFF or np.mean(inside > _OFF_OUTLINE_PX) > 1 - _MOST_OFF:
        found.append("the lower margin leaves the outline of its bone (which of them is the head's contour?)")
    elif np.mean(inside > _OFF_OUTLINE_PX) > _MOST_LEAKING:
        found.append(
            "the lower bone's outline runs into the joint space (it should end at the head's contour)"
        )
    measured = margins.rows_at(margins.widths()[0])
    for name, rows in zip(("upper", "lower"), measured, strict=True):
        if _steepness(rows) > _STEEPEST:
            found.append(f"the {name} margin is steeper than a joint is (does it follow another edge?)")
        elif _highest_step(rows) > _HIGHEST_STEP_PX.get(kind, _HIGHEST_STEP_OF_ALL_PX):
            found.append(f"the {name} margin has a step (which of the two edges beside it is the bone's?)")
    for name, sd_px in (("upper", margins.upper_sd_px), ("lower", margins.lower_sd_px)):
        if np.median(sd_px) > _LEAST_CERTAIN_PX:
            found.append(f"the {name} margin can hardly be told (a faint, blurred or doubled edge)")
    return (*found, *_check_ends(margins, upper, lower))


def _check_ends(margins: Margins, upper: NDArray[np.bool_], lower: NDArray[np.bool_]) -> list[str]:
    """Compare the ends of the two bones, by their silhouettes, with each other and with the margins."""
    top, bottom = int(np.median(margins.upper[:, 1])), int(np.median(margins.lower[:, 1]))
    end = _sides(upper[max(top - _END_PX[0], 0) : max(top + 1, 0)])
    head = _sides(lower[max(bottom, 0) : bottom + _END_PX[1]])
    if end is None or head is None:
        return []
    found = []
    width, head_width = end[1] - end[0], max(head[1] - head[0], 1.0)
    if not _WIDTH_RATIO[0] <= width / head_width <= _WIDTH_RATIO[1]:
        wide = "narrow" if width < head_width else "wide"
        found.append(f"the upper bone's end is too {wide} for the lower's (is each of them one bone?)")
    if abs(sum(end) - sum(head)) / 2 > _GREATEST_SHIFT * head_width:
        found.append("the bones lie side by side (subluxation, or an outline that is cut)")
    left = max(margins.upper_extent[0], margins.lower_extent[0]) - max(end[0], head[0])
    right = min(end[1], head[1]) - min(margins.upper_extent[1], margins.lower_extent[1])
    if max(abs(left), abs(right)) > _ENDS_APART_PX:
        found.append("outlines and margins end at different places (is a side of a bone left out?)")
    return found


def _sides(rows: NDArray[np.bool_]) -> tuple[float, float] | None:
    """Return the columns of the left and the right side of a bone's end; None where it is not in the rows."""
    rows = rows[rows.any(axis=1)]
    if not len(rows):
        return None
    left = np.argmax(rows, axis=1)
    right = rows.shape[1] - 1 - np.argmax(rows[:, ::-1], axis=1)
    # All but the widest tenth: osteophytes and sesamoids are no sides.
    return float(np.percentile(left, 10)), float(np.percentile(right, 90))


def _steepness(rows: NDArray[np.float64]) -> float:
    """Return the greatest slope of a margin over some of the columns that are measured, rows a column."""
    if rows.size <= _STEEP_PX:
        return 0.0
    return float(np.abs(rows[_STEEP_PX:] - rows[:-_STEEP_PX]).max()) / _STEEP_PX


def _highest_step(rows: NDArray[np.float64]) -> float:
    """Return by how many rows the two sides of a margin miss each other where they are drawn on."""
    if rows.size < _STEP_FILTER.size:
        return 0.0
    return float(np.abs(np.correlate(rows, _STEP_FILTER)).max())


def _step_filter() -> NDArray[np.float64]:
    """Weights of rows side by side: a straight line through the last ones, less one through the first."""
    beside = np.arange(_BESIDE_STEP_PX, dtype=np.float64)
    lines = np.linalg.pinv(np.column_stack([np.ones_like(beside), beside]))
    # Both are read in the middle of the columns between, so far from the nearest of theirs.
    onwards = np.array([1.0, -(_WITHIN_STEP_PX + 1) / 2]) @ lines
    return np.concatenate([-onwards[::-1], np.zeros(_WITHIN_STEP_PX), onwards])


_STEP_FILTER = _step_filter()
