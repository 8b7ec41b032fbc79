"""A segment as one instance for object detection: without specks, and all its parts in one outline."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from scipy.spatial import KDTree

from .outline import trace_outlines

LEAST_PART_PX = 10
"""Smaller parts, in pixels, are specks of a silhouette's rim where it crosses 0.5, no part of a bone. The
finest grid on which a detector such as YOLO places objects has cells of 8 x 8 = 64 px."""
_NEIGHBOURS = np.ones((3, 3), dtype=np.bool_)


def drop_specks(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return a mask without its parts below `LEAST_PART_PX`; pixels that touch at a corner are one part."""
    parts, count = ndimage.label(mask, structure=_NEIGHBOURS)
    areas = np.bincount(parts.ravel(), minlength=count + 1)
    areas[0] = 0
    kept: NDArray[np.bool_] = (areas >= LEAST_PART_PX)[parts]
    return kept


def trace_instance(mask: NDArray[np.bool_]) -> NDArray[np.float64] | None:
    """Return one outline of all parts of a mask; None of an empty one.

    Parameters
    ----------
    mask
        (rows, columns) bool.

    Returns
    -------
    ndarray
        (n, 2) corners (x, y) of `trace_outlines`. From the outline of the largest part a bridge without width
        goes to each of the others and back, so that filling the whole fills the parts.
    """
    outlines = trace_outlines(mask)
    if not outlines:
        return None
    joined = outlines[0]
    for outline in outlines[1:]:
        distances, nearest = KDTree(joined).query(outline)
        there = int(np.argmin(distances))
        here = int(nearest[there])
        joined = np.concatenate([joined[: here + 1], outline[there:], outline[: there + 1], joined[here:]])
    return joined
