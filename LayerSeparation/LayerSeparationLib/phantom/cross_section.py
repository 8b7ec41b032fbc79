"""The thickness of a rounded solid along the beam."""

import numpy as np
from numpy.typing import NDArray


def superellipse_height(ratio: NDArray[np.float32], power: float) -> NDArray[np.float32]:
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
    return (1.0 - rest**power) ** (1.0 / power)
