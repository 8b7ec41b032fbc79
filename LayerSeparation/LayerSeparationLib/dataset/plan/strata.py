"""Equal parts of a distribution, dealt to the samples of a joint so that each part comes once."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


class JointStrata:
    """The order in which the samples of a joint take the equal parts (strata) of a distribution.

    The order of the joint that was asked for last is kept: samples are asked for joint by joint, and a data
    set of a million samples a joint can't keep those of all.

    Parameters
    ----------
    seed
        0 or more.
    count
        Samples of each joint, and strata; 1 or more.

    Examples
    --------
    >>> strata = JointStrata(seed=7, count=4)
    >>> sorted(strata.stratum("0f" * 32, index) for index in range(4))
    [0, 1, 2, 3]
    """

    def __init__(self, seed: int, count: int) -> None:
        self._seed, self._count = seed, count
        # Both in one tuple: threads of a worker may ask for different joints at once.
        self._last: tuple[str, NDArray[np.int64]] = "", np.empty(0, np.int64)

    def stratum(self, key: str, index: int) -> int:
        """Return which stratum, 0..count - 1, sample `index` of the joint with that key comes from."""
        last, order = self._last
        if last != key:
            order = np.random.default_rng([self._seed, *seed_words(key), 0, 0]).permutation(self._count)
            self._last = key, order
        return int(order[index])


def seed_words(key: str) -> list[int]:
    """Return the first 128 bits of a hexadecimal key as four numbers, for a generator's seed."""
    return [int(key[at : at + 8], 16) for at in range(0, 32, 8)]
