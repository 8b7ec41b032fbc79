"""Train, val and test: whole series go to one of them, so that nothing leaks."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from ...export.collection import SPLITS


def split_of_series(
    joints_of_series: Mapping[str, int], shares: tuple[float, float, float], seed: int
) -> dict[str, str]:
    """Return series -> split.

    Parameters
    ----------
    joints_of_series
        Series -> number of its joints.
    shares
        Of train, val, test; add up to 1.
    seed
        Decides the order in which series are dealt.

    Notes
    -----
    Every split with a share gets a series first, as far as there are series; each further one goes to the
    split that lacks most.

    Examples
    --------
    >>> split_of_series({"a": 1, "b": 1, "c": 1}, (0.8, 0.1, 0.1), seed=0)
    {'c': 'train', 'a': 'val', 'b': 'test'}
    """
    order = sorted(joints_of_series, key=lambda series: _rank(seed, series))
    total = sum(joints_of_series.values())
    lacking = {split: share * total for split, share in zip(SPLITS, shares, strict=True) if share > 0}
    first = list(lacking)
    found = {}
    for series in order:
        split = first.pop(0) if first else max(lacking, key=lambda name: lacking[name])
        lacking[split] -= joints_of_series[series]
        found[series] = split
    return found


def _rank(seed: int, series: str) -> str:
    return hashlib.sha256(f"{seed}:{series}".encode()).hexdigest()
