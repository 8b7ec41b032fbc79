"""Articular margins of a joint on its canonical crop.

The margin of the lower (proximal) bone is the contour of its head. The margin of the upper (distal) bone is
the proximal edge of the subchondral plate of its base, not of the base's rim, which projects over the joint.
Where they lie, and how surely, is what the margin network says (`separation.MarginRows`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..errors import LayerSeparationError
from ..separation import MarginRows

MEASURED_PART = 0.5
"""JSW is measured over the central half of the joint."""
TRACED_PART = 0.7
"""Margins are traced further, for the segment 'Joint space'."""
_NOTHING_PX = 12.0
"""Median standard deviation of the rows, 1 mm, from which there is no edge of a bone at all."""
_NARROWEST_PX = 24
"""Bones that face each other over less than 2 mm are no joint."""


@dataclass(frozen=True, eq=False)
class Margins:
    """Both margins as polylines of (x, y), and how wide the ends of the bones are; in canonical pixels.

    Examples
    --------
    >>> x = np.arange(60.0, 201.0)
    >>> upper, lower = (np.column_stack([x, np.full(x.size, y)]) for y in (100, 112))
    >>> sd = np.full(x.size, 0.5)
    >>> columns, widths = Margins(upper, lower, (60, 200), (60, 200), sd, sd).widths()
    >>> columns.size, float(widths.mean())  # over the central half
    (71, 12.0)
    """

    upper: NDArray[np.float64]
    """(n, 2) float64, x ascending: the subchondral plate of the upper bone."""
    lower: NDArray[np.float64]
    """(n, 2) float64, x ascending: the contour of the lower bone's head."""
    upper_extent: tuple[float, float]
    """x of the left and the right side of the upper bone's end."""
    lower_extent: tuple[float, float]
    """x of the left and the right side of the lower bone's end."""
    upper_sd_px: NDArray[np.float64]
    """(n,) standard deviation of each row of ``upper``."""
    lower_sd_px: NDArray[np.float64]
    """(n,) standard deviation of each row of ``lower``."""

    def widths(self, part: float = MEASURED_PART) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return columns (n,) of the central part of the joint and the space between the margins in each."""
        columns = np.arange(*central_columns(self.upper_extent, self.lower_extent, part), dtype=np.float64)
        upper, lower = self.rows_at(columns)
        return columns, lower - upper

    def rows_at(self, columns: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return the rows of the upper and the lower margin at columns of any shape."""
        upper, lower = (np.interp(columns, line[:, 0], line[:, 1]) for line in (self.upper, self.lower))
        return upper, lower


class MarginsNotFoundError(LayerSeparationError):
    """The margins can't be told; ``reason`` says why: in short, then mostly more in brackets."""

    def __init__(self, reason: str) -> None:
        super().__init__(
            f"The articular margins can't be traced on the joint's crop: {reason}. Check that the joint's "
            "centre lies in the joint space and its direction along the finger; if so, it can't be measured."
        )
        self.reason = reason


def find_margins(found: MarginRows) -> Margins:
    """Read the articular margins out of what the margin network says.

    Raises
    ------
    MarginsNotFoundError
        If no column is one that both bones share, or too few are.

    Examples
    --------
    >>> shared = np.zeros(256, np.float32)
    >>> shared[60:200] = 1
    >>> rows = np.stack([np.full(256, 100, np.float32), np.full(256, 112, np.float32)])
    >>> margins = find_margins(MarginRows(rows, np.full((2, 256), 0.5, np.float32), shared))
    >>> margins.upper_extent, float(margins.widths()[1].mean())
    ((59.5, 199.5), 12.0)
    """
    extent = found.ends_px
    if extent is None or found.typical_sd_px > _NOTHING_PX:
        raise MarginsNotFoundError("no joint found in the crop (no ends of two bones that face each other)")
    if extent[1] - extent[0] < _NARROWEST_PX:
        raise MarginsNotFoundError("the bones do not face each other (luxation, or not a joint)")
    columns = np.arange(*central_columns(extent, extent, TRACED_PART))
    rows, sd = found.rows_px[:, columns].astype(np.float64), found.sd_px[:, columns].astype(np.float64)
    return Margins(
        upper=np.column_stack([columns, rows[0]]).astype(np.float64),
        lower=np.column_stack([columns, rows[1]]).astype(np.float64),
        upper_sd_px=sd[0],
        lower_sd_px=sd[1],
        upper_extent=extent,
        lower_extent=extent,
    )


def central_columns(
    upper_extent: tuple[float, float], lower_extent: tuple[float, float], part: float
) -> tuple[int, int]:
    """First and past-the-last column of the central part of where the bones face each other."""
    left, right = max(upper_extent[0], lower_extent[0]), min(upper_extent[1], lower_extent[1])
    centre, half = (left + right) / 2, (right - left + 1) * part / 2
    return int(np.ceil(centre - half)), int(np.floor(centre + half)) + 1
