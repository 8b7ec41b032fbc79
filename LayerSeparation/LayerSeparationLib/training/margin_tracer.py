"""Articular margins traced in separated layers: what the margin network learns of real joints at first.

Both are traced in the layers, so that they can be told also where the bones project over each other. A
tracing alone is no truth; `traced_joints` keeps those that a joint's copies agree on.

A margin is the path across the joint along which the layer's attenuation rises (lower bone) or falls (upper
bone) most, found by dynamic programming, then refined to a fraction of a pixel by a parabola through the
derivative.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from ..measurement.margins import Margins, MarginsNotFoundError, central_columns

_TRACED_PART = 0.7
_END_ROWS_PX = 60
"""The ends of the bones within which their widths are taken: 5 mm."""
_SMOOTHING_PX = (1.2, 1.5)
"""Along and across the joint."""
_LOWER_BAND_PX = (-9, 9)
_UPPER_BAND_PX = (-28, 4)
"""Where the margin may lie, counted from the silhouette's edge, down positive."""
_NARROWEST_PX = 24
"""Bones that face each other over less than 2 mm are no joint."""
_PLATE_PX = 5
"""Thickness of the subchondral plate, 0.4 mm, over which its brightness is taken."""
_FAINTEST = 0.05
"""Attenuation above which a pixel counts as bone."""
_SD_PX = 0.5
"""Of a traced row: it tells no better."""
_CUT_COST = 0.5
_STEEPEST = 2
"""A margin climbs at most so many rows a column."""
_BEND_COST = 0.25
"""Cost of a row's step, as a fraction of the strongest derivative."""


def trace_margins(
    upper_bone: NDArray[np.float32], lower_bone: NDArray[np.float32], silhouettes: NDArray[np.float32]
) -> Margins:
    """Trace the articular margins.

    Parameters
    ----------
    upper_bone, lower_bone
        (256, 256) attenuation of either bone on the canonical crop.
    silhouettes
        (2, 256, 256) probabilities 0..1 of upper and lower silhouette.

    Raises
    ------
    MarginsNotFoundError
        If a bone is missing, or the bones do not face each other.

    Examples
    --------
    >>> from LayerSeparationLib import make_joint
    >>> joint = make_joint("MCP", 3, jsw_mm=1.6)
    >>> silhouettes = np.stack([joint.upper_silhouette, joint.lower_silhouette]).astype(np.float32)
    >>> _, widths = trace_margins(joint.upper_bone, joint.lower_bone, silhouettes).widths()
    >>> round(float(widths.mean()) * 0.082, 1)  # mm
    1.6
    """
    upper, lower = (silhouette > 0.5 for silhouette in silhouettes)
    if not upper.any() or not lower.any():
        raise MarginsNotFoundError(f"no {'upper' if not upper.any() else 'lower'} bone found in the crop")
    for name, bone in (("upper", upper_bone), ("lower", lower_bone)):
        if not (bone > _FAINTEST).any():
            raise MarginsNotFoundError(f"the {name} bone is too faint (its margin can't be told)")
    bottom = _last_row(upper)
    top = upper.shape[0] - 1 - _last_row(lower[::-1])
    extents = _extents(upper, lower, bottom, top)
    columns = np.arange(*central_columns(*extents, _TRACED_PART))
    if np.isnan(bottom[columns]).any() or np.isnan(top[columns]).any():
        raise MarginsNotFoundError("the bones do not face each other (over the central part of the joint)")
    upper_rows = _trace(*_plate_fall(upper_bone, lower_bone, columns), bottom[columns], _UPPER_BAND_PX)
    lower_rows = _trace(*_contour_rise(lower_bone, columns), top[columns], _LOWER_BAND_PX)
    return Margins(
        upper=np.column_stack([columns, upper_rows]),
        lower=np.column_stack([columns, lower_rows]),
        upper_sd_px=np.full(columns.size, _SD_PX),
        lower_sd_px=np.full(columns.size, _SD_PX),
        upper_extent=extents[0],
        lower_extent=extents[1],
    )


def _last_row(mask: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Last row of the mask in each column, NaN where the column is empty."""
    rows = mask.shape[0] - 1 - np.argmax(mask[::-1], axis=0)
    return np.where(mask.any(axis=0), rows, np.nan)


def _extents(
    upper: NDArray[np.bool_], lower: NDArray[np.bool_], bottom: NDArray[np.float64], top: NDArray[np.float64]
) -> tuple[tuple[float, float], tuple[float, float]]:
    """Left and right column of the upper bone's end and of the lower bone's end."""
    low, high = int(np.nanmax(bottom)), int(np.nanmin(top))
    upper_columns = np.flatnonzero(upper[max(0, low - _END_ROWS_PX) : low + 1].any(axis=0))
    lower_columns = np.flatnonzero(lower[high : high + _END_ROWS_PX].any(axis=0))
    extents = (
        (float(upper_columns[0]), float(upper_columns[-1])),
        (float(lower_columns[0]), float(lower_columns[-1])),
    )
    if min(extents[0][1], extents[1][1]) - max(extents[0][0], extents[1][0]) < _NARROWEST_PX:
        raise MarginsNotFoundError("the bones do not face each other (luxation, or not a joint)")
    return extents


def _derivative(bone: NDArray[np.float32]) -> NDArray[np.float64]:
    """Change of attenuation per row."""
    change: NDArray[np.float64] = ndimage.gaussian_filter(
        bone.astype(np.float64), _SMOOTHING_PX, order=(1, 0), mode="nearest"
    )
    return change


def _contour_rise(
    lower_bone: NDArray[np.float32], columns: NDArray[np.int_]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the derivative whose peak is the head's contour, and the gain of a path through it."""
    rise = _derivative(lower_bone)[:, columns]
    return rise, rise


def _plate_fall(
    upper_bone: NDArray[np.float32], lower_bone: NDArray[np.float32], columns: NDArray[np.int_]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the derivative whose peak is the plate's proximal edge, and the gain of a path through it.

    The subchondral plate is the brightest band of the base, so a fall counts by the brightness above it.
    A fall that the lower bone makes up for is where the one bone was cut from the other, not an edge of the
    film.
    """
    fall = -_derivative(upper_bone)
    above = ndimage.shift(
        ndimage.uniform_filter1d(upper_bone.astype(np.float64), _PLATE_PX, axis=0),
        (_PLATE_PX // 2 + 1, 0),
        order=0,
        mode="nearest",
    )
    brightness = above / max(float(np.percentile(above[upper_bone > _FAINTEST], 95)), 1e-6)
    cut = np.maximum(_derivative(lower_bone), 0)
    gain = np.maximum(fall, 0) * np.clip(brightness, 0, 1) ** 2 - _CUT_COST * cut
    return fall[:, columns], gain[:, columns]


def _trace(
    rise: NDArray[np.float64],
    path_gain: NDArray[np.float64],
    edge: NDArray[np.float64],
    band: tuple[int, int],
) -> NDArray[np.float64]:
    """Return the row (float) of strongest ``rise`` near ``edge`` in each column, as one smooth path."""
    offsets = np.arange(band[0], band[1] + 1)
    smooth_edge = np.rint(ndimage.gaussian_filter1d(edge, 2.0, mode="nearest")).astype(int)
    rows = np.clip(smooth_edge[:, None] + offsets[None, :], 1, rise.shape[0] - 2)
    columns = np.arange(rise.shape[1])
    gain = np.maximum(path_gain[rows, columns[:, None]], 0)
    path = _find_best_path(gain / max(gain.max(), 1e-6), smooth_edge)
    best = rows[columns, path]
    before, here, after = (rise[best + step, columns] for step in (-1, 0, 1))
    curvature = before - 2 * here + after
    shift = np.where(curvature < -1e-12, 0.5 * (before - after) / np.minimum(curvature, -1e-12), 0)
    refined: NDArray[np.float64] = best + np.clip(shift, -1, 1)
    return refined


def _find_best_path(gain: NDArray[np.float64], edge: NDArray[np.int_]) -> NDArray[np.int_]:
    """Index into each row of ``gain`` (columns, offsets) of the path of greatest gain that bends little."""
    count, width = gain.shape
    columns = np.arange(count)
    first = edge - edge.min()
    # On rows of the crop, not offsets from the edge, a step is the same distance in every column.
    on_rows = np.full((count, int(first.max()) + width), -np.inf)
    on_rows[columns[:, None], first[:, None] + np.arange(width)] = gain
    steps = np.arange(-_STEEPEST, _STEEPEST + 1)
    padded = np.full(on_rows.shape[1] + 2 * _STEEPEST, -np.inf)
    neighbours = np.lib.stride_tricks.sliding_window_view(padded, steps.size)[:, ::-1]
    best = padded[_STEEPEST:-_STEEPEST]
    best[:] = on_rows[0]
    came_from = np.zeros(on_rows.shape, int)
    for column in range(1, count):
        reachable = neighbours - _BEND_COST * np.abs(steps)
        came_from[column] = _STEEPEST - reachable.argmax(axis=1)
        best[:] = reachable.max(axis=1) + on_rows[column]
    row = int(np.argmax(best))
    if not np.isfinite(best[row]):
        raise MarginsNotFoundError("the bone's edge is torn (no margin can be followed across the joint)")
    path = np.zeros(count, int)
    for column in range(count - 1, -1, -1):
        path[column] = row - first[column]
        row += came_from[column, row]
    return path
