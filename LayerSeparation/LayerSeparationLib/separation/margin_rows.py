"""Rows of the articular margins on the canonical crop, as the margin network tells them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from ..joints import CANONICAL_SIZE_PX
from ..joints.affine import map_points

_LIKELY = 0.5
"""Probability from which a column counts as one that both bones share."""


@dataclass(frozen=True, eq=False)
class MarginRows:
    """Both margins in every column of the canonical crop, whether a joint is there or not.

    Examples
    --------
    >>> from LayerSeparationLib import Separator, make_joint
    >>> joint = make_joint("MCP", 3, jsw_mm=1.6)
    >>> found = Separator("cpu").find_margins(joint.radiograph, joint.pose)
    >>> found.rows_px.shape, found.ends_px is not None
    ((2, 256), True)
    """

    COUNT: ClassVar[int] = 5
    """Rows of `as_array`."""

    rows_px: NDArray[np.float32]
    """(2, 256): row of the subchondral plate of the upper bone, of the contour of the lower bone's head."""
    sd_px: NDArray[np.float32]
    """(2, 256): standard deviation of either row; large where it can't be told."""
    shared: NDArray[np.float32]
    """(256,), 0..1: probability that the column lies between the ends of both bones."""

    @property
    def ends_px(self) -> tuple[float, float] | None:
        """Columns of the left and the right end of what both bones share; None where no joint is seen."""
        likely = np.flatnonzero(self.shared >= _LIKELY)
        if not likely.size:
            return None
        # The largest run: a single column elsewhere is no end of a bone.
        runs = np.split(likely, np.flatnonzero(np.diff(likely) > 1) + 1)
        run = max(runs, key=len)
        return self._crossing(int(run[0]), -1), self._crossing(int(run[-1]), 1)

    @property
    def typical_sd_px(self) -> float:
        """Median standard deviation of both rows over the columns that both bones are likely to share."""
        likely = self.shared >= _LIKELY
        return float(np.median(self.sd_px[:, likely])) if likely.any() else float("inf")

    def _crossing(self, last: int, step: int) -> float:
        """Column, to a fraction, beyond ``last`` in direction ``step`` where the probability falls below."""
        beyond = last + step
        if not 0 <= beyond < self.shared.size:
            return float(last)
        inside, outside = float(self.shared[last]), float(self.shared[beyond])
        return last + step * (inside - _LIKELY) / max(inside - outside, 1e-6)

    def seen_through(self, matrix: NDArray[np.float64]) -> MarginRows:
        """Return the margins on another crop; ``matrix`` (2, 3) maps pixels of this crop to pixels of it.

        The crops differ by a small turn and a shift: standard deviations stay.
        """
        columns = np.arange(self.shared.size, dtype=np.float64)
        rows, sd = [], []
        for row, own_sd in zip(self.rows_px, self.sd_px, strict=True):
            x, y = map_points(matrix, np.column_stack([columns, row])).T
            order = np.argsort(x)
            rows.append(np.interp(columns, x[order], y[order]))
            sd.append(np.interp(columns, x[order], own_sd[order]))
        middle = np.column_stack([columns, self.rows_px.mean(axis=0)])
        x = map_points(matrix, middle)[:, 0]
        order = np.argsort(x)
        shared = np.interp(columns, x[order], self.shared[order], left=0.0, right=0.0)
        return MarginRows(np.asarray(rows, np.float32), np.asarray(sd, np.float32), shared.astype(np.float32))

    def turned_over(self) -> MarginRows:
        """Return the margins of the mirror image."""
        return MarginRows(self.rows_px[:, ::-1], self.sd_px[:, ::-1], self.shared[::-1])

    def together_with(self, other: MarginRows) -> MarginRows:
        """Return the mean of two looks at one crop; where they differ, the less certain."""
        variance = (self.sd_px**2 + other.sd_px**2) / 2 + ((self.rows_px - other.rows_px) / 2) ** 2
        rows, shared = (self.rows_px + other.rows_px) / 2, (self.shared + other.shared) / 2
        return MarginRows(*(np.asarray(values, np.float32) for values in (rows, np.sqrt(variance), shared)))

    def as_array(self) -> NDArray[np.float32]:
        """Return all of it, (5, 256) float32: rows, standard deviations, probability."""
        return np.concatenate([self.rows_px, self.sd_px, self.shared[None]]).astype(np.float32, copy=False)

    @classmethod
    def none(cls) -> MarginRows:
        """Return the margins of a crop on which nobody looked for them: no column is shared."""
        return cls.from_array(np.zeros((cls.COUNT, CANONICAL_SIZE_PX), np.float32))

    @classmethod
    def from_array(cls, values: NDArray[np.float32]) -> MarginRows:
        """Return the margins of `as_array`.

        Raises
        ------
        ValueError
            If the array has another shape.
        """
        if values.ndim != 2 or len(values) != cls.COUNT:
            raise ValueError(f"margins are 5 rows of values, not {values.shape}")
        return cls(values[:2], values[2:4], values[4])
