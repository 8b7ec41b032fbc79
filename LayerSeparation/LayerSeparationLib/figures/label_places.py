"""Where labels stand beside a film: none covers another, and no line to one runs over another joint."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

_CROSSING_COST = 40.0
"""Of two lines, against lengths in inches: worth a line of any length."""
_COVERING_COST = 8.0
"""Of a line over another joint."""
_CLEARANCE_INCHES = 0.17
"""Between a line and another joint: half of a joint's mark, and a little."""
_TRIED_PLACES = 24
_MOST_ROUNDS = 8


class LabelPlace(NamedTuple):
    """Where a label's line ends, and on which side of it the text stands."""

    x: float
    y: float
    """Of the label's first line."""
    is_left: bool
    """In the column left of the film."""


class LabelColumns(NamedTuple):
    """Both columns of labels, in inches; y grows upwards."""

    left_x: float
    """Where lines end that lead to the left column."""
    right_x: float
    top: float
    bottom: float
    head: float
    """From a label's upper edge to the middle of its first line."""


class _Cost(NamedTuple):
    total: float
    """Length of all lines in inches, and their faults."""
    faults: float
    """Of lines that cross one another, or run over another joint; 0 where none does."""


def body_height(groups: Sequence[Hashable], heights: Sequence[float]) -> float:
    """Return how high both columns have to be so that labels fit whose groups are not torn apart.

    Examples
    --------
    >>> body_height(["index", "index", "thumb"], [0.5, 0.5, 0.5])
    1.25
    """
    of_groups = [sum(h for g, h in zip(groups, heights, strict=True) if g == one) for one in set(groups)]
    return (sum(of_groups) + max(of_groups)) / 2


def place_labels(
    sites: NDArray[np.float64],
    groups: Sequence[Hashable],
    heights: NDArray[np.float64],
    columns: LabelColumns,
) -> list[LabelPlace]:
    """Choose places in two columns for labels of points.

    Labels of a group, such as a finger, stand on one side: the groups that lie farthest left on the left.
    Within a column they are sorted so that the straight lines to them are short, cross neither one another
    nor, where that is possible at all, another point.

    Parameters
    ----------
    sites
        (n, 2): x, y of what is labelled.
    groups
        What each belongs to.
    heights
        (n,) of each label.
    columns
        Where the columns are; see `body_height` for how high they have to be.

    Returns
    -------
    A place for each site.

    Raises
    ------
    ValueError
        If there is not room enough.
    """
    room = columns.top - columns.bottom + 1e-6
    fitting = [
        (_length(sites, is_left, heights, columns), is_left)
        for is_left in _ways_to_part(sites, groups)
        if max(heights[is_left].sum(), heights[~is_left].sum()) <= room
    ]
    if not fitting:
        raise ValueError(f"{len(sites)} labels don't fit between {columns.bottom} and {columns.top}")
    best: tuple[float, list[LabelPlace]] | None = None
    for shortest, is_left in sorted(fitting, key=lambda one: one[0]):
        if best is not None and shortest >= best[0]:
            break
        cost, ys = _search(sites, is_left, heights, columns)
        if best is None or cost < best[0]:
            best = cost, _places(ys, is_left, columns)
    assert best is not None
    return best[1]


def _ways_to_part(sites: NDArray[np.float64], groups: Sequence[Hashable]) -> Iterator[NDArray[np.bool_]]:
    """Yield which sites' labels stand on the left, for every number of groups from the left."""
    of_group = {group: np.array([one == group for one in groups]) for group in dict.fromkeys(groups)}
    from_left = sorted(of_group.values(), key=lambda members: float(sites[members, 0].mean()))
    is_left = np.zeros(len(sites), bool)
    yield is_left
    for members in from_left:
        is_left = is_left | members
        yield is_left


def _length(
    sites: NDArray[np.float64],
    is_left: NDArray[np.bool_],
    heights: NDArray[np.float64],
    columns: LabelColumns,
) -> float:
    """Return how long all lines are where labels are as near to their joints as they can be."""
    cost = _rate(sites, _pack(sites[:, 1], is_left, heights, columns), is_left, columns)
    return cost.total - cost.faults


def _search(
    sites: NDArray[np.float64],
    is_left: NDArray[np.bool_],
    heights: NDArray[np.float64],
    columns: LabelColumns,
) -> tuple[float, NDArray[np.float64]]:
    """Move one label after the other to where it is best; return the cost and the y of all labels."""
    wanted = sites[:, 1].copy()
    ys = _pack(wanted, is_left, heights, columns)
    cost = _rate(sites, ys, is_left, columns)
    tried = np.linspace(columns.bottom, columns.top, _TRIED_PLACES)
    for _ in range(_MOST_ROUNDS):
        before = cost
        for label in range(len(sites)):
            for y in (sites[label, 1], *tried):
                if not cost.faults:
                    # As near to their joints as labels can be, and nothing is crossed.
                    return cost.total, ys
                other = wanted.copy()
                other[label] = y
                new_ys = _pack(other, is_left, heights, columns)
                new_cost = _rate(sites, new_ys, is_left, columns)
                if new_cost.total < cost.total - 1e-9:
                    wanted, ys, cost = other, new_ys, new_cost
        if cost == before:
            break
    return cost.total, ys


def _pack(
    wanted: NDArray[np.float64],
    is_left: NDArray[np.bool_],
    heights: NDArray[np.float64],
    columns: LabelColumns,
) -> NDArray[np.float64]:
    """Return the y of each label's first line, as near to the wanted one as its column's others let it."""
    ys = np.empty(len(wanted))
    for column in (is_left, ~is_left):
        (labels,) = np.nonzero(column)
        if labels.size:
            order = labels[np.argsort(-wanted[labels], kind="stable")]
            above = np.concatenate([[0.0], np.cumsum(heights[order])[:-1]])
            # As if no label had a height: they may touch, but not pass each other.
            level = _fall(wanted[order] + above)
            lowest = columns.bottom + heights[order].sum() - columns.head
            ys[order] = np.clip(level, lowest, columns.top - columns.head) - above
    return ys


def _fall(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the sequence nearest to ``values`` that never rises (pool adjacent violators)."""
    blocks: list[tuple[float, int]] = []
    for value in values:
        mean, count = float(value), 1
        while blocks and blocks[-1][0] < mean:
            other, size = blocks.pop()
            mean, count = (mean * count + other * size) / (count + size), count + size
        blocks.append((mean, count))
    return np.concatenate([np.full(count, mean) for mean, count in blocks])


def _rate(
    sites: NDArray[np.float64], ys: NDArray[np.float64], is_left: NDArray[np.bool_], columns: LabelColumns
) -> _Cost:
    ends = np.column_stack([np.where(is_left, columns.left_x, columns.right_x), ys])
    lines = ends - sites
    lengths = np.maximum(np.hypot(*lines.T), 1e-9)
    between = sites[None] - sites[:, None]
    along = np.clip((between * lines[:, None]).sum(axis=-1) / lengths[:, None] ** 2, 0, 1)
    distance = np.hypot(*np.moveaxis(between - along[..., None] * lines[:, None], -1, 0))
    np.fill_diagonal(distance, np.inf)
    nearness = np.clip(1 - distance / _CLEARANCE_INCHES, 0, None)
    covering = (nearness + (nearness > 0)).sum()
    to_ends = ends[None] - sites[:, None]
    sides = [lines[:, None, 0] * to[..., 1] - lines[:, None, 1] * to[..., 0] for to in (between, to_ends)]
    parts = sides[0] * sides[1] < 0
    crossings = np.triu(parts & parts.T, 1).sum()
    faults = float(_CROSSING_COST * crossings + _COVERING_COST * covering)
    return _Cost(float(lengths.sum()) + faults, faults)


def _places(ys: NDArray[np.float64], is_left: NDArray[np.bool_], columns: LabelColumns) -> list[LabelPlace]:
    return [
        LabelPlace(columns.left_x if left else columns.right_x, float(y), bool(left))
        for y, left in zip(ys, is_left, strict=True)
    ]
