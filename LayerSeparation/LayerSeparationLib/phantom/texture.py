"""Trabecular texture and other random fields, in the frame of a bone."""

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter, gaussian_filter1d

from .grid_sampling import upsample_bilinear

_OCTAVES = ((0.5, 1.2, 1.1), (1.0, 1.1, 1.25), (2.0, 0.9, 1.0), (4.0, 0.5, 0.7))
"""Scale, elongation and weight of the nets that are added, relative to the grain that is asked for.

Chosen so that standard deviation, skewness and ratio of gradients of band-passed brightness in the bases and
heads of metacarpophalangeal joints come out as measured on films, from 0.06 to 0.9 mm.
"""

_SHEETS = 2
"""Independent nets of each scale that lie behind one another; more of them make the picture less net-like."""


def _draw_band(
    rng: np.random.Generator, shape: tuple[int, int], along_px: float, across_px: float
) -> NDArray[np.float32]:
    """Draw Gaussian noise of unit variance whose grain is `along_px` by `across_px` (standard deviations)."""
    white = rng.standard_normal(shape, dtype=np.float32)
    fine = gaussian_filter(white, (along_px, across_px), mode="wrap", truncate=3.0)
    band = fine - gaussian_filter(fine, (1.3 * along_px, 1.3 * across_px), mode="wrap", truncate=2.5)
    even: NDArray[np.float32] = band / max(float(band.std()), 1e-9)
    return even


def trabecular_texture(
    rng: np.random.Generator, shape: tuple[int, int], step_mm: float, *, grain_mm: float, elongation: float
) -> NDArray[np.float32]:
    """Draw networks of bright struts around darker marrow spaces, mean 0, standard deviation 1, float32.

    The places where a band-passed field changes sign form closed curves, and a narrow bell around 0 turns
    them into a net of bright lines. Nets of several scales are added, as the beam adds what it passes.

    Parameters
    ----------
    shape, step_mm
        Size of the grid (rows along the bone's axis, columns across it) and its step.
    grain_mm
        About half the size of a marrow space across the axis.
    elongation
        How much longer than wide a marrow space is.
    """
    total = np.zeros(shape, np.float32)
    for relative, stretch, weight in _OCTAVES:
        for _ in range(_SHEETS):
            scale = relative * grain_mm * float(rng.uniform(0.8, 1.25))
            stride = max(1, int(scale / (1.5 * step_mm)))
            coarse = (shape[0] // stride + 2, shape[1] // stride + 2)
            across = scale / (step_mm * stride)
            along = across * (1.0 + (elongation - 1.0) * stretch) * float(rng.uniform(0.75, 1.3))
            field = _draw_band(rng, coarse, along, across)
            net = np.exp(-3.0 * np.abs(field))
            net *= weight / max(float(net.std()), 1e-9)
            total += upsample_bilinear(net, shape, stride)
    total -= total.mean()
    return total / max(float(total.std()), 1e-9)


def smooth_field(rng: np.random.Generator, shape: tuple[int, int], scale_px: float) -> NDArray[np.float32]:
    """Draw slow variation of unit variance, of `scale_px` (standard deviation of the smoothing)."""
    stride = max(1, int(scale_px / 3))
    coarse_shape = (shape[0] // stride + 2, shape[1] // stride + 2)
    coarse = rng.standard_normal(coarse_shape, dtype=np.float32)
    coarse = gaussian_filter(coarse, scale_px / stride, mode="wrap")
    coarse = (coarse - coarse.mean()) / max(float(coarse.std()), 1e-9)
    return upsample_bilinear(coarse, shape, stride)


def wavy_line(rng: np.random.Generator, count: int, scale_px: float) -> NDArray[np.float64]:
    """Draw a random line of `count` samples of unit variance, smooth over `scale_px`."""
    line = gaussian_filter1d(rng.standard_normal(count), scale_px, mode="wrap")
    wavy: NDArray[np.float64] = line / max(float(line.std()), 1e-9)
    return wavy
