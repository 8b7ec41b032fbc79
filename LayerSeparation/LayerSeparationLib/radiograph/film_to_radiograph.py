"""From a film's own numbers to a radiograph: polarity, then the scale of intensity."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .file_format import suffix_format
from .film_content import average_blocks, thin
from .grey_scale import GreyScale
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
    intensity_map = _intensity_map(film, decided.inverted)
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


def _intensity_map(film: StoredFilm, inverted: bool) -> IntensityMap:
    """Find the map from stored values to intensity."""
    sign = -1.0 if inverted else 1.0
    extremes = film.meaning(np.array([film.pixels.min(), film.pixels.max()]))
    nominal = _nominal_range(film, float(extremes.min()), float(extremes.max()))
    lowest, highest = sorted(
        sign * end for end in (min(extremes.min(), nominal[0]), max(extremes.max(), nominal[1]))
    )
    scale = GreyScale.of(sign * film.meaning(average_blocks(film.pixels)))
    grey, level = scale.knots(lowest, highest)
    if inverted:
        grey, level = tuple(-g for g in reversed(grey)), tuple(reversed(level))
    if film.lookup is not None:
        stored = film.lookup_first + np.arange(len(film.lookup), dtype=np.float64)
        return _through_lookup(stored, film.lookup, grey, level, film.pixels.dtype)
    return IntensityMap(grey, level, film.pixels.dtype.name)


def _nominal_range(film: StoredFilm, lowest: float, highest: float) -> tuple[float, float]:
    """Return the grey values that an edited film may take: those that its format or bit depth can hold."""
    if film.nominal_range is not None:
        return film.nominal_range
    if film.pixels.dtype.kind == "f" or lowest < 0:
        return lowest, highest
    return 0.0, next((2.0**bits - 1 for bits in BIT_DEPTHS if highest <= 2.0**bits - 1), highest)


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
