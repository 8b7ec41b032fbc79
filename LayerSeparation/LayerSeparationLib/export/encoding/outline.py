"""Outlines of masks as polygons that run along the edges of pixels."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

# Direction of an edge: right, down, left, up, as (x, y) steps; the mask lies on its right-hand side.
_STEPS = ((1, 0), (0, 1), (-1, 0), (0, -1))


def trace_outlines(mask: NDArray[np.bool_]) -> list[NDArray[np.float64]]:
    """Return the outer outline of every connected piece, largest piece first.

    Parameters
    ----------
    mask
        (rows, columns) bool. Pieces that touch at a corner only are separate; holes are filled.

    Returns
    -------
    list of ndarray
        (n, 2) corners (x, y), where pixel (row, column) covers column..column + 1 and row..row + 1. Filling a
        polygon gives back its piece exactly.
    """
    pieces, count = ndimage.label(mask)
    areas = np.bincount(pieces.ravel(), minlength=count + 1)[1:]
    order = np.argsort(-areas, kind="stable")
    return [_trace_outline(pieces == number + 1) for number in order]


def _trace_outline(piece: NDArray[np.bool_]) -> NDArray[np.float64]:
    filled = np.pad(piece, 1)
    row, column = (int(value) for value in np.argwhere(filled)[0])
    start = (column, row)
    position, heading = start, 0
    corners = [start]
    while True:
        x, y = position[0] + _STEPS[heading][0], position[1] + _STEPS[heading][1]
        position = (x, y)
        left, right = _ahead(filled, x, y, heading)
        turn = 1 if not right else -1 if left else 0
        if position == start and (heading + turn) % 4 == 0:
            return np.array(corners, dtype=np.float64) - 1
        if turn:
            heading = (heading + turn) % 4
            corners.append(position)


def _ahead(filled: NDArray[np.bool_], x: int, y: int, heading: int) -> tuple[bool, bool]:
    """Return whether the pixels ahead of a corner, on the left and on the right, are of the piece."""
    corner = {
        0: ((y - 1, x), (y, x)),
        1: ((y, x), (y, x - 1)),
        2: ((y, x - 1), (y - 1, x - 1)),
        3: ((y - 1, x - 1), (y - 1, x)),
    }[heading]
    left, right = (bool(filled[place]) for place in corner)
    return left, right
