"""How a film was stored, so that what is edited on it can be stored the same way."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .intensity_map import IntensityMap
from .jpeg_blocks import JpegBlocks
from .rectangle import Rectangle

_WHOLE_SCALES = (255, 1023, 4095, 16383, 65535)
"""Films that come as intensities may still be whole grey values: of 8, 10, 12, 14, 16 bits."""
_OFF = 0.02
"""By which such values may miss a whole number: float32 carries 16 bits with less."""


@dataclass(frozen=True, eq=False)
class FilmStorage:
    """Grey values and JPEG blocks of a film: both belong to the film, whatever it shows.

    Rounding to grey values is a noise of its own, and JPEG takes fine texture away: an edit without them can
    be told from the film by that alone.

    Examples
    --------
    >>> from LayerSeparationLib import Radiograph
    >>> ramp = np.arange(64 * 64).reshape(64, 64) // 16 / 255
    >>> storage = Radiograph.from_array(ramp).storage
    >>> storage.jpeg is None, storage.levels
    (True, 255)
    """

    intensity: NDArray[np.float32]
    """(rows, columns) of the film."""
    intensity_map: IntensityMap
    """From grey values to intensity."""
    levels: int | None
    """Whole grey values from intensity 0 to 1 where the film came as intensities; None: the map's numbers."""
    is_whole: bool
    """Whether the film's grey values are whole numbers."""
    jpeg: JpegBlocks | None
    """None where the film shows none."""

    @classmethod
    def of(cls, intensity: NDArray[np.float32], intensity_map: IntensityMap) -> FilmStorage:
        """Tell it from a film's intensities (rows, columns) and their scale."""
        dtype = np.dtype(intensity_map.dtype)
        levels = None if dtype.kind in "iu" else _whole_scale(intensity)
        is_whole = dtype.kind in "iu" or levels is not None
        storage = cls(intensity, intensity_map, levels, is_whole, None)
        if not is_whole or (levels or 255) != 255:
            return storage
        grey = np.rint(storage._to_grey(intensity))
        if grey.min() < 0 or grey.max() > 255:
            return storage
        return cls(intensity, intensity_map, levels, is_whole, JpegBlocks.find(grey))

    def around(self, part: Rectangle) -> Rectangle:
        """Return what `store` may change where ``part`` of the film is edited."""
        return part if self.jpeg is None or part.is_empty else self.jpeg.around(part, self.intensity.shape)

    def store(self, edited: NDArray[np.float32], part: Rectangle) -> NDArray[np.float32]:
        """Return an edited part of the film as the film would hold it.

        Where nothing differs from the film, and no JPEG block does, pixels stay as they are, bit by bit.

        Parameters
        ----------
        edited
            (rows, columns) intensity 0..1 of ``part``.
        part
            Where that is on the film; see `around`.
        """
        if not self.is_whole:
            return edited
        film = self.intensity[part.slices]
        differs = edited != film
        grey = self._to_grey(edited)
        if self.jpeg is not None:
            grey, differs = self.jpeg.store(grey, part, differs)
        rounded = np.rint(grey)
        return np.where(
            differs & (rounded != np.rint(self._to_grey(film))), self._to_intensity(rounded), film
        )

    def _to_grey(self, intensity: NDArray[np.float32]) -> NDArray[np.float64]:
        if self.levels is not None:
            return intensity.astype(np.float64) * self.levels
        return self.intensity_map.to_grey(intensity)

    def _to_intensity(self, grey: NDArray[np.float64]) -> NDArray[np.float32]:
        if self.levels is not None:
            return np.clip(grey / self.levels, 0, 1).astype(np.float32)
        return self.intensity_map.to_intensity(grey)


def _whole_scale(intensity: NDArray[np.float32]) -> int | None:
    """Return the grey values of a film that came as intensities; None where they are none."""
    values = intensity.ravel()[:: max(1, intensity.size // 65536)].astype(np.float64)
    for levels in _WHOLE_SCALES:
        if np.abs(values * levels - np.rint(values * levels)).max() < _OFF:
            return levels
    return None
