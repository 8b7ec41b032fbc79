"""Noise of an edited film: the film's own where there is some, more of its kind where bone uncovers tissue.

Noise belongs to the detector. What could be told from bone stays in place when bones move, and is as strong
as the exposure there makes it. What could not is carried with the bone, as if it were texture; so where a
bone comes there is less room for noise of the place, and where it leaves some is missing. That, and what
interpolation takes from the bone's noise, is given back from a field of noise with the film's own power
spectrum, which stays still: an edit that is dragged does not flicker.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage, signal

from ..radiograph import Rectangle
from ..radiograph.attenuation import SMALLEST_TRANSMISSION
from ..separation import JointLayers
from .spline_sampling import spline_weights

_BLOCK_PX = 16
"""Edge of the blocks whose periodograms tell the power spectrum."""
_FEWEST_BLOCKS = 8
_MOST_OF_A_BLOCK = 0.7
_ABOUT_PX = 7
"""Edge of the square over which the energy of noise is averaged."""
_FAINTEST_ATTENUATION = 0.02
_LEAST = 0.02
"""Share of the noise's energy that counts as none."""
_STRONGEST = 2.0
"""Noise is at most so many times as strong after an edit: a pixel that was white tells nothing of noise."""


class GrainAt(NamedTuple):
    """What is known of the noise of a part of a film; images are (rows, columns) float32."""

    transmission: NDArray[np.float32]
    """Of the film without noise."""
    noise: NDArray[np.float32]
    """Of intensity: what stays in place."""
    found: NDArray[np.float32]
    """Share of the noise's energy that this is, 0..1."""
    field: NDArray[np.float32]
    """Noise of the film's kind, to add where some is missing."""
    bony: NDArray[np.float32]
    """Share of bone in the film's attenuation."""
    without_noise: NDArray[np.float32]
    """Attenuation of the film without noise."""
    carried: np.float32 | NDArray[np.float32]
    """Share of the noise's energy that goes with the bone, for a pixel that is all bone."""
    kept_when_moved: np.float32 | NDArray[np.float32]
    """Share of that which interpolation leaves."""

    @classmethod
    def blend(
        cls,
        parts: Sequence[GrainAt],
        weights: Sequence[NDArray[np.float32]],
        places: Sequence[tuple[slice, slice]],
        shape: tuple[int, int],
    ) -> GrainAt:
        """Return what several joints know of an image of that shape.

        Parameters
        ----------
        parts, weights, places
            What each joint knows, how much that counts in each pixel, and where in the image it lies. Weights
            of all joints add up to 1 in a pixel, or to 0.
        shape
            (rows, columns).

        Notes
        -----
        The joints' fields are independent: with roots of the weights their sum is as strong as each.
        """
        blended = {name: np.zeros(shape, np.float32) for name in cls._fields}
        for part, weight, place in zip(parts, weights, places, strict=True):
            for name, total in blended.items():
                total[place] += (np.sqrt(weight) if name == "field" else weight) * getattr(part, name)
        return cls(**blended)

    def recompose(self, bones: NDArray[np.float32], change: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the film's intensity with its bones moved.

        Parameters
        ----------
        bones
            (rows, columns) attenuation of all bones after the edit.
        change
            (rows, columns) what that is more than before.
        """
        bony = bones / np.maximum(self.without_noise + change, np.float32(_FAINTEST_ATTENUATION))
        wanted = np.clip(self.found + self.carried * (self.bony - self.kept_when_moved * bony), 0, 1)
        kept = np.sqrt(np.minimum(wanted / np.maximum(self.found, np.float32(_LEAST)), 1))
        added = np.sqrt(np.maximum(wanted - self.found, 0))
        root = np.exp(np.float32(-0.5) * change)
        grain = np.minimum(root, np.float32(_STRONGEST)) * (kept * self.noise + added * self.field)
        edited: NDArray[np.float32] = 1 - self.transmission * np.square(root) + grain
        return np.clip(edited, 0, 1, out=edited)


class FilmGrain:
    """Lays the noise of a film over its edits.

    Parameters
    ----------
    layers
        The joint as it is on the film.
    """

    def __init__(self, layers: JointLayers) -> None:
        noise = layers.film_noise
        self._noise = noise.intensity
        self._transmission = np.maximum(
            1 - noise.remove_from(layers.image), np.float32(SMALLEST_TRANSMISSION)
        )
        self._without_noise = np.maximum(layers.attenuation - layers.noise, np.float32(_FAINTEST_ATTENUATION))
        self._bony = (layers.upper_bone + layers.lower_bone) / self._without_noise
        sd = noise.sd * np.sqrt(noise.exposure)
        variance = np.maximum(np.square(sd), np.float32(1e-12))
        found = ndimage.uniform_filter(np.square(self._noise), _ABOUT_PX, mode="mirror") / variance
        self._found = np.clip(found, 0, 1).astype(np.float32)
        on_bone = self._bony > 0.25
        self._carried = 0.0
        if on_bone.any():
            share = 1 - float(self._found[on_bone].mean())
            self._carried = share / float(self._bony[on_bone].mean())
        power = _power_spectrum(self._noise, noise.place)
        self._kept_when_moved = np.float32(_kept_by_interpolation(power))
        self._field = np.asarray(_like(power, layers.image) * sd, np.float32)

    def at(self, part: Rectangle) -> GrainAt:
        """Return what is known of noise in a part of the joint's region."""
        here = part.slices
        return GrainAt(
            self._transmission[here],
            self._noise[here],
            self._found[here],
            self._field[here],
            self._bony[here],
            self._without_noise[here],
            np.float32(self._carried),
            self._kept_when_moved,
        )

    def recompose(
        self, bones: NDArray[np.float32], change: NDArray[np.float32], part: Rectangle
    ) -> NDArray[np.float32]:
        """Return the intensity of ``part`` of the joint's region with its bones moved; see `GrainAt`."""
        return self.at(part).recompose(bones, change)


def _like(power: NDArray[np.float64], image: NDArray[np.float32]) -> NDArray[np.float32]:
    """Make noise of that power spectrum and unit variance for a film; it follows from the film alone."""
    white = np.random.default_rng(zlib.crc32(image.tobytes())).standard_normal(image.shape, dtype=np.float32)
    kernel = np.fft.fftshift(np.fft.ifft2(np.sqrt(power)).real)[1:, 1:].astype(np.float32)
    margin = _BLOCK_PX // 2
    field = signal.fftconvolve(np.pad(white, margin, mode="symmetric"), kernel, mode="same")
    field = field[margin:-margin, margin:-margin].astype(np.float32)
    return np.asarray(field / max(float(field.std()), 1e-6), np.float32)


def _power_spectrum(noise: NDArray[np.float32], place: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Mean periodogram of blocks, (_BLOCK_PX, _BLOCK_PX), in soft tissue where there is enough of it."""
    step, b = _BLOCK_PX // 2, _BLOCK_PX
    if min(noise.shape) < b:
        return np.ones((b, b))
    blocks, places = (
        np.lib.stride_tricks.sliding_window_view(image, (b, b))[::step, ::step].reshape(-1, b, b)
        for image in (noise, place)
    )
    inside = places.mean(axis=(1, 2))
    chosen = inside >= min(_MOST_OF_A_BLOCK, np.sort(inside)[-min(_FEWEST_BLOCKS, len(inside))])
    window = np.outer(*[np.hanning(b + 2)[1:-1]] * 2)
    return np.asarray(np.square(np.abs(np.fft.fft2(blocks[chosen] * window))).mean(axis=0))


def _kept_by_interpolation(power: NDArray[np.float64]) -> float:
    """Share of noise's energy that cubic splines keep, averaged over where they are read between pixels."""
    frequencies = 2 * np.pi * np.fft.fftfreq(_BLOCK_PX)
    waves = np.exp(-1j * np.outer(np.arange(-1, 3), frequencies))
    read = np.column_stack(spline_weights(np.arange(0, 1, 0.125), 3)) @ waves
    gain = np.square(np.abs(read / read[0])).mean(axis=0)  # the first is on the pixels themselves
    total = float(power.sum())
    return float((power * np.outer(gain, gain)).sum()) / total if total > 0 else 1.0
