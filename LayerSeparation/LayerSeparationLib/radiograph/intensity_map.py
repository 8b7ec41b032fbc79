"""The way from a film's own numbers to intensity, and back."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError

# Pixels that are mapped at a time: keeps the float64 copies of the arithmetic below 16 MB each.
PIXELS_AT_A_TIME = 2**21


@dataclass(frozen=True)
class IntensityMap:
    """A piecewise linear, strictly monotonic map between native grey values and intensity.

    Examples
    --------
    >>> eight_bit = IntensityMap((0, 255), (0.0, 1.0), "uint8")
    >>> float(eight_bit.to_intensity(np.array([51], dtype=np.uint8))[0])
    0.20000000298023224
    >>> int(eight_bit.to_native(np.array([0.2], dtype=np.float32))[0])
    51
    """

    native: tuple[float, ...]
    """Native grey values of the knots, strictly rising. Values beyond the first and last knot count as
    those."""
    intensity: tuple[float, ...]
    """Intensity (0..1) of the knots: strictly rising, or strictly falling for a film that stores bone
    dark."""
    dtype: str
    """NumPy name of the film's own number type."""

    def __post_init__(self) -> None:
        """Refuse knots that have no inverse."""
        native, intensity = np.asarray(self.native, float), np.asarray(self.intensity, float)
        if native.shape != intensity.shape or native.size < 2:
            raise InputError("An intensity map needs as many intensities as native values, and at least two.")
        rising, steps = np.diff(native), np.diff(intensity)
        if not (rising > 0).all() or not ((steps > 0).all() or (steps < 0).all()):
            raise InputError("The knots of an intensity map must be strictly monotonic.")
        if intensity.min() < 0 or intensity.max() > 1:
            raise InputError("The intensities of an intensity map must lie within 0..1.")

    @classmethod
    def full_scale(
        cls, lowest: float, highest: float, dtype: np.dtype[Any], inverted: bool = False
    ) -> "IntensityMap":
        """Map `lowest`..`highest` to 0..1, or to 1..0 when `inverted`."""
        return cls((lowest, highest), (1.0, 0.0) if inverted else (0.0, 1.0), np.dtype(dtype).name)

    @property
    def inverted(self) -> bool:
        """Whether bone is dark in the film's own numbers."""
        return self.intensity[0] > self.intensity[-1]

    @cached_property
    def is_exact(self) -> bool:
        """Whether every native value within the knots survives the way to float32 intensity and back."""
        dtype = np.dtype(self.dtype)
        if dtype.kind == "f":
            return dtype.itemsize <= 4 and (self.native, self.intensity) == ((0.0, 1.0), (0.0, 1.0))
        if dtype.itemsize > 2:
            return False
        first, last = int(np.ceil(self.native[0])), int(np.floor(self.native[-1]))
        every = np.arange(first, last + 1).astype(dtype)
        return bool(np.array_equal(self.to_native(self.to_intensity(every)), every))

    def to_intensity(self, native: NDArray[Any]) -> NDArray[np.float32]:
        """Map native grey values, any shape, to float32 intensity within 0..1."""
        pixels = np.asarray(native)
        intensity = np.empty(pixels.shape, dtype=np.float32)
        for part in _parts(pixels):
            intensity[part] = _interpolate(pixels[part], self.native, self.intensity)
        return intensity

    def to_native(self, intensity: NDArray[Any]) -> NDArray[Any]:
        """Map intensity, any shape, to the film's own numbers: rounded where these are integers."""
        pixels, dtype = np.asarray(intensity), np.dtype(self.dtype)
        native = np.empty(pixels.shape, dtype=dtype)
        for part in _parts(pixels):
            values = self.to_grey(pixels[part])
            native[part] = np.rint(values) if dtype.kind in "iu" else values
        return native

    def to_grey(self, intensity: NDArray[Any]) -> NDArray[np.float64]:
        """Map intensity, any shape, to the film's own numbers, not rounded."""
        order = slice(None, None, -1) if self.inverted else slice(None)
        return _interpolate(np.asarray(intensity), self.intensity[order], self.native[order])


def _interpolate(
    values: NDArray[Any], knots: tuple[float, ...], heights: tuple[float, ...]
) -> NDArray[np.float64]:
    """Piecewise linear interpolation whose two-knot case is correctly rounded: v / 255 is v / 255."""
    wide = np.clip(values.astype(np.float64), knots[0], knots[-1])
    if len(knots) > 2:
        return np.interp(wide, knots, heights)
    return (wide - knots[0]) * (heights[1] - heights[0]) / (knots[1] - knots[0]) + heights[0]


def _parts(pixels: NDArray[Any]) -> Iterator[Any]:
    """Slices along the first axis that keep memory bounded (a whole film in float64 would not be)."""
    if pixels.ndim == 0 or pixels.size <= PIXELS_AT_A_TIME:
        yield ...
        return
    rows = max(1, PIXELS_AT_A_TIME * len(pixels) // pixels.size)
    for first in range(0, len(pixels), rows):
        yield slice(first, first + rows)
