"""The thickness of a rounded solid along the beam."""

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

Real = TypeVar("Real", np.float32, np.float64)


def superellipse_height(ratio: NDArray[Real], power: float) -> NDArray[Real]:
    """Return the relative thickness of a solid at a relative distance from its edge.

    Parameters
    ----------
    ratio
        Distance from the edge over the distance at which the full thickness is reached; clipped to 0..1.
    power
        Exponent of the superellipse: 2 is an ellipse, more is fuller and has a sharper edge.

    Returns
    -------
    ndarray
        0 at the edge and outside, 1 where `ratio` is 1 or more.
    """
    rest = 1.0 - np.clip(ratio, 0.0, 1.0)
    height: NDArray[Real] = (1.0 - rest**power) ** (1.0 / power)
    return height
