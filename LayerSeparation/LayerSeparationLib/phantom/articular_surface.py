"""The curve in which an articular surface meets the plane of the film."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class ArticularSurface:
    """Height v of an articular surface over its lateral position u, in mm, in the frame of its bone.

    A superellipse (power 2: an ellipse; above: flat in the middle with round shoulders) with a central
    groove, on a slope. The highest point without groove and slope is (0, 0).
    """

    half_width_mm: float
    """Semi-axis of the superellipse along u."""
    height_mm: float
    """Semi-axis of the superellipse along v."""
    power: float
    """Exponent of the superellipse, 2 or more."""
    groove_mm: float = 0.0
    """Depth of the groove between two condyles, 0 for a single one; on the base of the neighbouring bone, the
    height of the ridge that fits into it."""
    groove_width_mm: float = 1.0
    """Width of the groove (standard deviation)."""
    slope: float = 0.0
    """Rise of v per mm of u."""

    def height(self, u_mm: NDArray[np.floating[Any]]) -> NDArray[np.float64]:
        """Return v in mm at u in mm; beyond 99.5 % of the half width the curve goes on level."""
        u = np.asarray(u_mm, np.float64)
        ratio = np.minimum(np.abs(u) / self.half_width_mm, 0.995)
        drop = self.height_mm * (1.0 - (1.0 - ratio**self.power) ** (1.0 / self.power))
        groove = self.groove_mm * np.exp(-0.5 * (u / self.groove_width_mm) ** 2)
        height: NDArray[np.float64] = -drop - groove + self.slope * u
        return height

    def gradient(self, u_mm: NDArray[np.floating[Any]]) -> NDArray[np.float64]:
        """Return the rise of v per mm of u."""
        step = 0.01
        return (self.height(u_mm + step) - self.height(u_mm - step)) / (2.0 * step)
