"""Where labels stand beside a film so that none covers a joint or another label, nor do their lines cross."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment


class LabelPlace(NamedTuple):
    """Where a label's line ends, and on which side of it the text stands."""

    x: float
    y: float
    is_left: bool
    """In the column left of the film."""


def place_labels(
    sites: NDArray[np.float64], left_x: float, right_x: float, top: float, bottom: float, height: float
) -> list[LabelPlace]:
    """Choose places in two columns for labels of points, so that the straight lines to them are short.

    Of all assignments the shortest has no lines that cross: two that did could be exchanged for two shorter
    ones.

    Parameters
    ----------
    sites
        (n, 2): x, y of what is labelled; y grows upwards.
    left_x, right_x
        Where the lines to the labels of each column end.
    top, bottom
        Of both columns.
    height
        Of a label; both columns together must have room for n of them.

    Returns
    -------
    list of LabelPlace
        Of each site, the middle of its label in y.

    Raises
    ------
    ValueError
        If there is not room enough.
    """
    count = int((top - bottom) / height + 1e-6)
    if 2 * count < len(sites):
        raise ValueError(f"{len(sites)} labels of {height} don't fit between {bottom} and {top}")
    rows = top - (np.arange(count) + 0.5) * (top - bottom) / count
    places = np.array([[x, y] for x in (left_x, right_x) for y in rows])
    lengths = np.hypot(*np.moveaxis(sites[:, None] - places[None], -1, 0))
    _, chosen = linear_sum_assignment(lengths)
    return [
        LabelPlace(float(places[index, 0]), float(places[index, 1]), bool(index < count)) for index in chosen
    ]
