"""Variation of exposure: what differs between films of the same joint."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ...radiograph.attenuation import attenuation_from_intensity, intensity_from_attenuation


def expose(
    image: NDArray[np.float32], attenuation_factor: float, noise_sd: float, noise_seed: int
) -> NDArray[np.float32]:
    """Return an image as another exposure would show it.

    Parameters
    ----------
    image
        (rows, columns) intensity 0..1.
    attenuation_factor
        All attenuations are multiplied by it, as by a change of the beam's energy; above 0.
    noise_sd
        Standard deviation of Gaussian noise of intensity; 0 is no noise.
    noise_seed
        Of the noise; 0 or more.

    Returns
    -------
    ndarray of float32
        (rows, columns) 0..1; `image` itself where nothing changes.
    """
    if attenuation_factor != 1:
        image = intensity_from_attenuation(attenuation_from_intensity(image) * np.float32(attenuation_factor))
    if noise_sd > 0:
        noise = np.random.default_rng(noise_seed).standard_normal(image.shape, dtype=np.float32)
        image = np.clip(image + np.float32(noise_sd) * noise, 0, 1)
    return image
