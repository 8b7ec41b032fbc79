"""Intensity <-> attenuation: the one place where the two meet.

Beer-Lambert for a film whose brightness is the share of X-rays held back: `1 - I = exp(-A)`. Attenuations of
layers that lie behind each other add, which is why layers are kept as attenuation.
"""

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

# 1 - I is never taken as less than this, so that I = 1 has a finite attenuation (11.78). It is half of one
# level of a 16-bit film: of those, only white itself reaches it.
SMALLEST_TRANSMISSION = 2.0**-17
# From here on a film is white. Layers of a white pixel add up to 11.78 only up to rounding in float32.
WHITE_ATTENUATION = 17 * math.log(2.0) - 1e-4


def attenuation_from_intensity(intensity: ArrayLike) -> NDArray[np.float32]:
    """Turn intensity into attenuation, `A = -ln(1 - I)`.

    Parameters
    ----------
    intensity
        Intensity in 0..1 (bone bright), any shape.

    Returns
    -------
    ndarray of float32
        Attenuation without unit, 0..11.78, same shape. Values of I above `1 - 2**-17` share the largest
        attenuation.

    Examples
    --------
    >>> float(attenuation_from_intensity(0.0))
    0.0
    >>> round(float(attenuation_from_intensity(1.0)), 2)
    11.78
    """
    clipped = np.clip(np.asarray(intensity, dtype=np.float32), 0.0, np.float32(1.0 - SMALLEST_TRANSMISSION))
    # log1p keeps the digits of thin layers; adding zero turns -0 into 0.
    return np.asarray(-np.log1p(-clipped) + np.float32(0.0), dtype=np.float32)


def intensity_from_attenuation(attenuation: ArrayLike) -> NDArray[np.float32]:
    """Turn attenuation into intensity, `I = 1 - exp(-A)`.

    Parameters
    ----------
    attenuation
        Attenuation without unit, any shape. Below 0 counts as 0: nothing makes X-rays stronger.

    Returns
    -------
    ndarray of float32
        Intensity in 0..1, same shape; exactly 1 from the attenuation on that `attenuation_from_intensity`
        gives for 1.

    Examples
    --------
    >>> round(float(intensity_from_attenuation(attenuation_from_intensity(0.25))), 6)
    0.25
    """
    positive = np.maximum(np.asarray(attenuation, dtype=np.float32), np.float32(0.0))
    intensity = np.asarray(-np.expm1(-positive), dtype=np.float32)
    intensity[positive >= WHITE_ATTENUATION] = 1.0
    return intensity
