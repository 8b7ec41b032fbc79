"""What a film shows, told from its grey values: air (direct exposure), soft tissue, bone, collimation."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

# Films are judged on a thinned copy of at most this many pixels along an edge.
SAMPLE_EDGE_PX = 512
# An end of the grey scale is a plateau (collimation, clipped air, padding) when this share of the film lies
# within this share of the grey range from the end. On 1,194 joint crops the largest share at the bright end
# is 2.3 %.
PLATEAU_SHARE = 0.03
PLATEAU_DEPTH = 0.01
# The grey range meant here is that between these percentiles.
RANGE_PERCENT = 2.0
# Air gives a sharp peak at the dark end: its height over the mean density of the middle class. Measured: 0.4
# to 3.9 on 1,194 joint crops (no air in them), above 5 on nearly all of 205 hand films (half of them above
# 18).
AIR_PEAK = 5.0
# Grey values beyond these percentiles don't take part in finding classes: dust, scratches, letters.
TRIMMED_PERCENT = 0.5
CLASS_BINS = 128
PEAK_BINS = 64


@dataclass(frozen=True, eq=False)
class FilmContent:
    """Grey values of a thinned film, bone taken to be bright, and what they show."""

    values: NDArray[np.float64]
    """(rows, columns): thinned film."""

    @cached_property
    def _range(self) -> tuple[float, float]:
        return float(self.values.min()), float(self.values.max())

    @cached_property
    def _depth(self) -> float:
        """How far from an end of the scale a plateau reaches. Letters alone must not widen the range."""
        low, high = np.percentile(self.values, [RANGE_PERCENT, 100 - RANGE_PERCENT])
        return PLATEAU_DEPTH * float(high - low)

    def _plateau(self, dark: bool) -> NDArray[np.bool_]:
        lowest, highest = self._range
        end = self.values <= lowest + self._depth if dark else self.values >= highest - self._depth
        return end if end.mean() > PLATEAU_SHARE else np.zeros_like(end)

    @cached_property
    def dark_plateau(self) -> NDArray[np.bool_]:
        """Pixels at the dark end of the scale, if they are many: clipped air, padding."""
        return self._plateau(dark=True)

    @cached_property
    def bright_plateau(self) -> NDArray[np.bool_]:
        """Pixels at the bright end of the scale, if they are many: collimation."""
        return self._plateau(dark=False)

    @cached_property
    def _graded(self) -> NDArray[np.float64]:
        """Grey values off the plateaus, without the outermost percentiles."""
        graded = self.values[~(self.dark_plateau | self.bright_plateau)]
        if graded.size == 0:
            return graded
        low, high = np.percentile(graded, [TRIMMED_PERCENT, 100 - TRIMMED_PERCENT])
        return np.asarray(graded[(graded >= low) & (graded <= high)])

    @cached_property
    def _thresholds(self) -> tuple[float, float]:
        return three_class_thresholds(self._graded)

    @cached_property
    def air_peak(self) -> float:
        """How sharply the darkest class peaks: above 5 it is air (see `AIR_PEAK`)."""
        if self._graded.size == 0:
            return 0.0
        low, high = self._thresholds
        density, edges = np.histogram(self._graded, PEAK_BINS)
        centre = (edges[1:] + edges[:-1]) / 2
        dark, middle = density[centre <= low], density[(centre > low) & (centre <= high)]
        if dark.size == 0 or middle.size == 0:
            return 0.0
        return float(dark.max() / max(1.0, middle.mean()))

    @cached_property
    def air(self) -> NDArray[np.bool_]:
        """Pixels that the beam reached without passing the hand; none where the film shows no air."""
        if self.air_peak > AIR_PEAK:
            return np.asarray(self.dark_plateau | (self.values <= self._thresholds[0]))
        return self.dark_plateau


def thin(pixels: NDArray[Any]) -> NDArray[Any]:
    """Return every n-th row and column (a view), so that no edge exceeds 512 px."""
    step = -(-max(pixels.shape) // SAMPLE_EDGE_PX)
    return pixels[step // 2 :: step, step // 2 :: step]


def average_blocks(pixels: NDArray[Any]) -> NDArray[np.float64]:
    """Return means over squares of pixels, so that no edge exceeds 512 px; the remains are left out."""
    step = -(-max(pixels.shape) // SAMPLE_EDGE_PX)
    rows, columns = max(1, pixels.shape[0] // step), max(1, pixels.shape[1] // step)
    if step == 1:
        return pixels.astype(np.float64)
    blocks = pixels[: rows * step, : columns * step].reshape(rows, step, columns, step)
    return np.asarray(blocks.mean(axis=(1, 3), dtype=np.float64))


def _histogram_moments(values: NDArray[np.float64]) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
    density, edges = np.histogram(values, CLASS_BINS)
    share = density / max(1, density.sum())
    centre = (edges[1:] + edges[:-1]) / 2
    return edges, np.r_[0.0, np.cumsum(share)], np.r_[0.0, np.cumsum(share * centre)]


def _between(weight: NDArray[Any], moment: NDArray[Any], first: Any, last: Any) -> NDArray[Any]:
    """Contribution of the class between two bin edges to the variance between classes."""
    mass = weight[last] - weight[first]
    return np.asarray((moment[last] - moment[first]) ** 2 / np.maximum(mass, 1e-12))


def three_class_thresholds(values: NDArray[np.float64]) -> tuple[float, float]:
    """Thresholds of Otsu for three classes, by trying all pairs of bin edges."""
    if values.size == 0:
        return 0.0, 0.0
    edges, weight, moment = _histogram_moments(values)
    cut = np.arange(1, CLASS_BINS)
    first, second = np.meshgrid(cut, cut, indexing="ij")
    variance = (
        _between(weight, moment, 0, first)
        + _between(weight, moment, first, second)
        + _between(weight, moment, second, CLASS_BINS)
    )
    variance[first >= second] = -np.inf
    best = np.unravel_index(int(np.argmax(variance)), variance.shape)
    return float(edges[cut[best[0]]]), float(edges[cut[best[1]]])
