"""Noise of a film: what belongs to the detector, and stays where it is when a bone moves.

Quantum noise, the detector's own and what storing the film added are fine, and lie over bone and soft tissue
alike. The film is taken apart into scales (starlet transform: Starck and Murtagh, Astronomical Image and
Data Analysis, 2006). How strong noise is on each is measured where nothing else is as fine: in soft tissue
away from bones. Elsewhere a detail counts as noise where there is hardly more of it about than that, so that
trabeculae and cortex stay with their bones.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

_SPLINE = np.array([1, 4, 6, 4, 1], np.float32) / 16
_COARSEST_MM = 0.35
"""Detail up to about this size is looked through for noise: trabeculae are hardly finer."""
_MOST_SCALES = 3
_NOISE, _TEXTURE = 1.9, 3.8
"""Detail up to so many times the noise's energy is noise (it is measured on few pixels), from so many on it
is not. The step between is steep: what is half in place and half carried is no longer as strong as it was."""
_MOST_OF_TRANSMISSION = 0.2
_ABOUT_PX = 9
"""Edge of the square over which exposure is averaged."""
_TO_SD = 1.4826
"""Median absolute deviation to standard deviation, of normal noise."""
_FEWEST_PX = 500
"""Of soft tissue: with less, noise is measured wherever there is no bone, or everywhere."""
_DARKEST_SHARE = 30
"""Per cent of the place of measurement that are left out as the darkest: there may be air."""


@dataclass(frozen=True, eq=False)
class FilmNoise:
    """Noise of a film, or of a part of it."""

    intensity: NDArray[np.float32]
    """(rows, columns), of either sign: what the film has more than without noise, as far as can be told."""
    sd: float
    """Standard deviation in soft tissue, of intensity."""
    exposure: NDArray[np.float32]
    """(rows, columns) 0..1: the noise's energy over that in soft tissue, as it goes with the X-rays."""
    place: NDArray[np.bool_]
    """(rows, columns): where it was measured."""

    def remove_from(self, image: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the film without noise, intensity 0..1."""
        return np.asarray(np.clip(image - self.intensity, 0, 1), np.float32)


def find_noise(
    image: NDArray[np.float32], bones: NDArray[np.bool_], px_mm: float, rim_px: float
) -> FilmNoise:
    """Find the noise of a film.

    Parameters
    ----------
    image
        (rows, columns) intensity 0..1.
    bones
        (rows, columns): where there is bone.
    px_mm
        Size of a pixel, in mm or what stands for it.
    rim_px
        Soft tissue so near to bone may hold some of it.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> grain = rng.normal(0, 0.01, (128, 128)).astype(np.float32)
    >>> noise = find_noise(0.4 + grain, np.zeros((128, 128), bool), px_mm=0.1, rim_px=8)
    >>> round(float(np.corrcoef(noise.intensity.ravel(), grain.ravel())[0, 1]), 2), round(noise.sd, 3)
    (0.98, 0.01)
    """
    scales = 1 + max(0, min(_MOST_SCALES - 1, int(np.log2(_COARSEST_MM / px_mm))))
    place = _soft_tissue(image, bones, rim_px)
    noise = np.zeros_like(image)
    # Quantum noise: its energy goes with the X-rays that come through, and is gone where the film is white.
    through = 1 - ndimage.uniform_filter(image, _ABOUT_PX, mode="mirror")
    exposure = np.clip(through / max(float(np.median(through[place])), 1e-3), 0, 1)
    for scale, detail in enumerate(details(image, scales)):
        sd = _TO_SD * float(np.median(np.abs(detail[place])))
        energy = ndimage.uniform_filter(np.square(detail), 2 ** (scale + 1) + 3, mode="mirror")
        ratio = sd**2 * exposure / np.maximum(energy, np.float32(1e-12))
        noise += detail * np.clip((ratio - 1 / _TEXTURE) / (1 / _NOISE - 1 / _TEXTURE), 0, 1)
    # Near white a grey value more or less is much attenuation: noise must not make any.
    most = (1 - image) * _MOST_OF_TRANSMISSION
    noise = np.clip(noise, -most, most)
    return FilmNoise(noise, float(noise[place].std()), exposure, place)


def details(image: NDArray[np.float32], scales: int) -> Iterator[NDArray[np.float32]]:
    """Take an image apart: yield what is lost from one scale to the next, finest first."""
    for scale in range(scales):
        kernel = np.zeros(4 * 2**scale + 1, np.float32)
        kernel[:: 2**scale] = _SPLINE
        smoother = ndimage.convolve1d(image, kernel, axis=0, mode="mirror")
        smoother = ndimage.convolve1d(smoother, kernel, axis=1, mode="mirror")
        yield image - smoother
        image = smoother


def _soft_tissue(image: NDArray[np.float32], bones: NDArray[np.bool_], rim_px: float) -> NDArray[np.bool_]:
    place = ndimage.distance_transform_edt(~bones) > rim_px if bones.any() else ~bones
    for wider in (~bones, np.ones_like(bones)):
        if np.count_nonzero(place) < _FEWEST_PX:
            place = wider
    bright: NDArray[np.bool_] = place & (image >= np.percentile(image[place], _DARKEST_SHARE))
    return bright
