"""From layers of attenuation to a film: detector blur, display curve, collimation, grain."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter, gaussian_filter1d

from ..errors import InputError
from ..radiograph import Radiograph

LEAST_INTENSITY = 20.0 / 255.0
GREATEST_INTENSITY = 252.0 / 255.0
BLUR_REACH = 3.5
"""Standard deviations at which the detector's blur is cut off."""

_GAMMA_PIVOT = 0.6


@dataclass(frozen=True)
class FilmSettings:
    """How a film is exposed, read out and displayed.

    Raises
    ------
    InputError
        A value is out of its range.

    Examples
    --------
    >>> FilmSettings(noise=0.5, marker=True).noise
    0.5
    >>> FilmSettings.clean() == FilmSettings(noise=0.0)
    True
    """

    exposure: float = 1.0
    """Factor on all attenuation (display window), 0.3 to 3."""
    gamma: float = 1.0
    """Exponent on the total attenuation, with 0.6 as fixed point, 0.5 to 2. Layers keep their shares."""
    blur_mm: float = 0.1
    """Standard deviation of the detector's blur, 0 to 1."""
    noise: float = 1.0
    """Strength of quantum noise: 1 for a usual film, 0 for none, at most 10."""
    grain_mm: float = 0.09
    """Standard deviation of the noise's correlation, 0 to 0.5."""
    collimation_mm: tuple[float, float, float, float] = (0.0, 0.0, 0.0, 0.0)
    """Width of the black shutters at the left, top, right and bottom."""
    marker: bool = False
    """Whether a side letter lies on the film."""

    def __post_init__(self) -> None:
        limits = {
            "exposure": (0.3, 3.0),
            "gamma": (0.5, 2.0),
            "blur_mm": (0.0, 1.0),
            "noise": (0.0, 10.0),
            "grain_mm": (0.0, 0.5),
        }
        for name, (least, greatest) in limits.items():
            value = getattr(self, name)
            if not isfinite(value) or not least <= value <= greatest:
                raise InputError(f"FilmSettings.{name} must be {least} to {greatest}, got {value}.")
        if len(self.collimation_mm) != 4 or not all(isfinite(mm) and mm >= 0 for mm in self.collimation_mm):
            raise InputError(
                "FilmSettings.collimation_mm must be four widths of at least 0 (left, top, right, bottom), "
                f"got {self.collimation_mm}."
            )

    @staticmethod
    def clean() -> FilmSettings:
        """Return a film without noise, of usual exposure and blur: for measurements against the truth."""
        return FilmSettings(noise=0.0)

    @staticmethod
    def draw(rng: np.random.Generator) -> FilmSettings:
        """Draw exposure, display curve, blur and noise as they differ from film to film."""
        return FilmSettings(
            exposure=float(np.clip(rng.normal(1.04, 0.1), 0.8, 1.3)),
            gamma=float(np.clip(rng.normal(1.0, 0.07), 0.85, 1.2)),
            blur_mm=float(rng.uniform(0.08, 0.12)),
            noise=float(np.exp(rng.normal(0.0, 0.25))),
            grain_mm=float(rng.uniform(0.08, 0.11)),
        )


@dataclass(frozen=True, eq=False)
class Exposure:
    """A film and what it is made of."""

    radiograph: Radiograph
    """The film."""
    layers: NDArray[np.float32]
    """(layers, rows, columns): attenuation of each layer without noise."""
    noise: NDArray[np.float32]
    """(rows, columns): what remains, ``radiograph.attenuation - layers.sum(0)``."""
    gain: NDArray[np.float32]
    """(rows, columns): any further layer appears on this film as ``blur(layer) * gain``."""


def blur(layer: NDArray[np.float32], settings: FilmSettings, spacing_mm: float) -> NDArray[np.float32]:
    """Return a layer of attenuation (rows, columns) as the detector sees it, float32."""
    spread = settings.blur_mm / spacing_mm
    if spread <= 0.05:
        return layer.astype(np.float32)
    blurred: NDArray[np.float32] = gaussian_filter(
        layer.astype(np.float32), spread, mode="nearest", truncate=BLUR_REACH
    )
    return blurred


def expose(
    layers: NDArray[np.float32],
    settings: FilmSettings,
    spacing_mm: float,
    rng: np.random.Generator,
    *,
    name: str,
) -> Exposure:
    """Expose layers of attenuation (layers, rows, columns); the first one is the soft tissue with the air.

    Every step acts on all layers alike, so that the film is their sum: blur is linear in attenuation here
    (it is much finer than the anatomy), and the display curve leaves each layer its share.
    """
    layers = np.stack([blur(layer, settings, spacing_mm) for layer in layers])
    shutter = _open_share(layers.shape[1:], settings, spacing_mm)
    gain = np.float32(settings.exposure) * shutter
    if settings.gamma != 1.0:
        total = np.maximum(layers.sum(axis=0) * np.float32(settings.exposure), 1e-3)
        gain *= ((total / _GAMMA_PIVOT) ** (settings.gamma - 1.0)).astype(np.float32)
    layers *= gain
    total = layers.sum(axis=0)
    noisy = total + _noise(total, settings, spacing_mm, rng) * shutter if settings.noise > 0 else total
    intensity = -np.expm1(-noisy)
    least = LEAST_INTENSITY * shutter
    intensity = np.clip(intensity, least, GREATEST_INTENSITY).astype(np.float32)
    radiograph = Radiograph.from_array(intensity, spacing_mm, name=name)
    noise = np.asarray(radiograph.attenuation - total, dtype=np.float32)
    return Exposure(radiograph, layers, noise, gain)


def _noise(
    total: NDArray[np.float32], settings: FilmSettings, spacing_mm: float, rng: np.random.Generator
) -> NDArray[np.float32]:
    """Draw quantum noise in attenuation: fewer quanta behind more tissue, correlated by the read-out."""
    white = rng.standard_normal(total.shape, dtype=np.float32)
    grain = settings.grain_mm / spacing_mm
    fine = gaussian_filter(white, grain, truncate=3.0) if grain > 0.2 else white
    fine /= max(float(fine.std()), 1e-9)
    noise: NDArray[np.float32] = np.float32(0.0135 * settings.noise) * fine * np.exp(0.25 * total)
    return noise


def _open_share(shape: tuple[int, ...], settings: FilmSettings, spacing_mm: float) -> NDArray[np.float32]:
    """Return 1 where the film is open, 0 behind the shutters, with an edge of about 0.3 mm."""
    left, top, right, bottom = (mm / spacing_mm for mm in settings.collimation_mm)
    across = np.ones(shape[1], np.float32)
    down = np.ones(shape[0], np.float32)
    for line, first, last in ((across, left, right), (down, top, bottom)):
        line[: round(first)] = 0.0
        line[len(line) - round(last) :] = 0.0
    edge = 0.3 / spacing_mm
    across = gaussian_filter1d(across, edge, mode="nearest")
    down = gaussian_filter1d(down, edge, mode="nearest")
    share: NDArray[np.float32] = down[:, None] * across[None, :]
    return share
