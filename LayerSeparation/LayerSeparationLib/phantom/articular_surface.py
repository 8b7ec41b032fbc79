"""The curve in which an articular surface meets the plane of the film."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class ArticularSurface:
    """Height v of an articular surface over its lateral position u, in mm, in the frame of its bone.

    A superellipse (power 2: an ellipse; above: flat in the middle with round shoulders) with a central
    groove, on a slope. The highest point without groove and slope is (0, 0).

    Parameters
    ----------
    half_width_mm, height_mm
        Semi-axes of the superellipse.
    power
        Its exponent, 2 or more.
    groove_mm, groove_width_mm
        Depth of the groove between two condyles and its width (standard deviation); 0 for a single condyle.
        On the base of the neighbouring bone the groove is the ridge that fits into it.
    slope
        Rise of v per mm of u.
    """

    half_width_mm: float
    height_mm: float
    power: float
    groove_mm: float = 0.0
    groove_width_mm: float = 1.0
    slope: float = 0.0

    def height(self, u_mm: NDArray[np.float64] | float) -> NDArray[np.float64]:
        """Return v in mm at u in mm; beyond 99.5 % of the half width the curve goes on level."""
        u = np.asarray(u_mm, float)
        ratio = np.minimum(np.abs(u) / self.half_width_mm, 0.995)
        drop = self.height_mm * (1.0 - (1.0 - ratio**self.power) ** (1.0 / self.power))
        groove = self.groove_mm * np.exp(-0.5 * (u / self.groove_width_mm) ** 2)
        return -drop - groove + self.slope * u

    def gradient(self, u_mm: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the rise of v per mm of u."""
        step = 0.01
        return (self.height(u_mm + step) - self.height(u_mm - step)) / (2.0 * step)
