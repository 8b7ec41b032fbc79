"""Run-length encoding of masks as COCO stores it.

Runs go down the columns and begin with background; the compressed form writes each run (from the third on as
the difference to the one before the last) in groups of 5 bits. Defined by cocoapi, common/maskApi.c
(`rleEncode`, `rleToString`): https://github.com/cocodataset/cocoapi
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_FIRST_CHARACTER = 48
_BITS = 5
_MORE = 0x20


def compress_runs(mask: NDArray[np.bool_]) -> str:
    """Return the compressed runs of a mask (rows, columns): the `counts` of a COCO RLE."""
    runs = _count_runs(mask)
    text = bytearray()
    for index, run in enumerate(runs):
        value = run - runs[index - 2] if index > 2 else run
        more = True
        while more:
            group = value & (_MORE - 1)
            value >>= _BITS
            # Done when the rest is but the sign of the group's highest bit.
            more = value != (-1 if group & 0x10 else 0)
            text.append((group | _MORE if more else group) + _FIRST_CHARACTER)
    return text.decode("ascii")


def _count_runs(mask: NDArray[np.bool_]) -> list[int]:
    columns = np.asarray(mask, dtype=bool).ravel(order="F")
    changes = np.flatnonzero(columns[1:] != columns[:-1]) + 1
    runs: list[int] = np.diff(np.r_[0, changes, columns.size]).tolist()
    return [0, *runs] if columns[0] else runs
