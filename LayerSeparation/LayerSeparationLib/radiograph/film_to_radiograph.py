"""From a film's own numbers to a radiograph: polarity, then the scale of intensity."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .file_format import suffix_format
from .film_content import thin
from .grey_scale import find_full_scale, stretch
from .intensity_map import IntensityMap
from .pixel_check import check_contrast, check_finite, check_size
from .polarity import PolarityChoice, decide_polarity
from .radiograph import Radiograph
from .spacing import spacing_given_by_user
from .stored_film import StoredFilm

# Bit depths of detectors: what a 16-bit file may hold.
BIT_DEPTHS = (8, 10, 12, 14, 16)


def film_to_radiograph(
    film: StoredFilm,
    spacing_mm: float | Sequence[float] | None = None,
    polarity: PolarityChoice = "auto",
) -> Radiograph:
    """Give a stored film its polarity, its scale of intensity and its spacing.

    Parameters
    ----------
    film
        The film's own numbers and what its header says.
    spacing_mm
        Pixel spacing in mm that takes the place of the header's.
    polarity
        How a viewer shows the film, or "auto".

    Raises
    ------
    InputError
        If the film is too small or too large, constant, a mask, or not finite, or the spacing can't be used.
    """
    where = film.origin.path or film.origin.format
    spacing = film.spacing if spacing_mm is None else spacing_given_by_user(spacing_mm, film.spacing.aspect)
    check_size(film.pixels.shape[0], film.pixels.shape[1], where)
    check_finite(film.pixels, where)
    check_contrast(film.pixels, where)

    sample = film.meaning(thin(film.pixels))
    decided = decide_polarity(sample, film.declared_inverted, film.declared_by, polarity)
    intensity_map = _intensity_map(film, sample, decided.inverted)
    intensity = intensity_map.to_intensity(film.pixels)
    intensity.setflags(write=False)
    return Radiograph(
        intensity=intensity,
        spacing=spacing,
        polarity=decided,
        intensity_map=intensity_map,
        origin=film.origin,
        name=name_of(film),
        native_pixels=None if intensity_map.is_exact else film.pixels,
    )


def name_of(film: StoredFilm) -> str:
    """Return the name of the file without its extension (`.nii.gz` counts as one)."""
    if film.origin.path is None:
        return film.origin.format
    name = film.origin.path.name
    if name.lower().endswith(".nii.gz"):
        return name[: -len(".nii.gz")]
    return film.origin.path.stem if suffix_format(film.origin.path) else name


def _intensity_map(film: StoredFilm, sample: NDArray[np.float64], inverted: bool) -> IntensityMap:
    """Find the map from stored values to intensity: the plain full scale wherever that is plausible."""
    sign = -1.0 if inverted else 1.0
    extremes = film.meaning(np.array([film.pixels.min(), film.pixels.max()]))
    lowest, highest = sorted((sign * extremes).tolist())
    ranges = _candidate_ranges(film, float(extremes.max()))
    if inverted:
        ranges = [(-last, -first) for first, last in ranges]
    chosen = find_full_scale(sign * sample, ranges)
    grey, level = (chosen, (0.0, 1.0)) if chosen else stretch(sign * sample, lowest, highest)
    if inverted:
        grey, level = tuple(-g for g in reversed(grey)), tuple(reversed(level))
    if film.lookup is not None:
        stored = film.lookup_first + np.arange(len(film.lookup), dtype=np.float64)
        return _through_lookup(stored, film.lookup, grey, level, film.pixels.dtype)
    return IntensityMap(tuple(map(float, grey)), tuple(level), film.pixels.dtype.name)


def _candidate_ranges(film: StoredFilm, highest: float) -> list[tuple[float, float]]:
    """List the nominal grey ranges that a film may have been made for."""
    if film.nominal_range is not None:
        return [film.nominal_range]
    if film.pixels.dtype.kind == "f":
        return [(0.0, 1.0)] if highest <= 1.0 else [(0.0, 255.0)]
    if film.pixels.dtype == np.uint8:
        return [(0.0, 255.0)]
    full = 2.0 ** min(16, 8 * film.pixels.dtype.itemsize) - 1
    fitting = [2.0**bits - 1 for bits in BIT_DEPTHS if highest <= 2.0**bits - 1]
    return [(0.0, top) for top in dict.fromkeys([full, *fitting[:1]])]


def _through_lookup(
    stored: NDArray[np.float64],
    meaning: NDArray[np.float64],
    grey: Sequence[float],
    level: Sequence[float],
    dtype: np.dtype[Any],
) -> IntensityMap:
    """Chain a modality LUT and a grey scale into one map, with a knot at every stored value told apart."""
    intensity = np.interp(meaning, grey, level)
    # Stored values beyond the film's own extremes share the end of the scale: one knot is enough for those.
    rising = np.sign(np.diff(meaning).sum()) * np.sign(np.diff(level).sum())
    apart = np.concatenate([[True], np.diff(np.maximum.accumulate(rising * intensity)) > 0])
    return IntensityMap(tuple(stored[apart].tolist()), tuple(intensity[apart].tolist()), dtype.name)
