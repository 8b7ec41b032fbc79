from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from LayerSeparationLib.errors import InputError
from LayerSeparationLib.radiograph import IntensityMap, Origin
from LayerSeparationLib.radiograph.film_to_radiograph import film_to_radiograph
from LayerSeparationLib.radiograph.pixel_check import FEWEST_GREY_VALUES, SMALLEST_CONTRAST
from LayerSeparationLib.radiograph.stored_film import StoredFilm

DTYPES = ["uint8", "int8", "uint16", "int16", "uint32", "int32", "float32", "float64"]


@pytest.mark.parametrize("top", [255, 4095, 65535])
@pytest.mark.parametrize("inverted", [False, True])
def test_full_scale_is_the_plain_quotient(top: int, inverted: bool) -> None:
    levels = np.arange(top + 1).astype(np.uint16)
    plain = IntensityMap.full_scale(0, top, np.dtype(np.uint16), inverted)
    expected = ((top - levels.astype(int) if inverted else levels.astype(int)) / top).astype(np.float32)
    assert np.array_equal(plain.to_intensity(levels), expected)
    assert np.array_equal(plain.to_native(expected), levels)
    assert plain.is_exact
    assert plain.inverted is inverted


@pytest.mark.parametrize(
    ("native", "intensity"),
    [((0,), (0,)), ((0, 0), (0, 1)), ((0, 1, 2), (0, 1, 0.5)), ((0, 1), (0, 1.5)), ((0, 1, 2), (0, 1))],
)
def test_knots_without_an_inverse(native: tuple[float, ...], intensity: tuple[float, ...]) -> None:
    with pytest.raises(InputError):
        IntensityMap(native, intensity, "uint8")


def test_large_films_go_in_parts() -> None:
    bent = IntensityMap((0, 1000, 4095), (0.0, 0.9, 1.0), "uint16")
    film = np.arange(3_000_000, dtype=np.uint32).reshape(1000, 3000) % 4096
    film = film.astype(np.uint16)
    whole = bent.to_intensity(film)
    assert np.array_equal(whole[-1], bent.to_intensity(film[-1]))
    assert np.array_equal(bent.to_native(whole), film)


@st.composite
def films(draw: st.DrawFn) -> tuple[np.ndarray, bool, bool]:
    dtype = np.dtype(draw(st.sampled_from(DTYPES)))
    noise = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    rows, columns = np.mgrid[:48, :56]
    shape = np.hypot(rows - 24, columns - 28) + noise.normal(0, draw(st.floats(0.1, 20)), rows.shape)
    unit = (shape - shape.min()) / np.ptp(shape) ** draw(st.sampled_from([1.0, 1.0, 1.3]))
    unit = np.clip(unit, 0, 1) ** draw(st.floats(0.2, 5))
    if dtype.kind == "f":
        scale = draw(st.sampled_from([1.0, 255.0, 4095.0, 1e-3, 3e6]))
        offset = draw(st.sampled_from([0.0, 0.0, -1024.0]))
        film = (unit * scale + offset).astype(dtype)
        # Grey that hardly differs in its last digits is refused as no film's: see `check_contrast`.
        assume(np.ptp(film.astype(float)) >= SMALLEST_CONTRAST * np.abs(film).max().astype(float))
    else:
        limits = np.iinfo(dtype)
        bits = draw(st.integers(5, 8 * dtype.itemsize - (dtype.kind == "i")))
        low = draw(st.sampled_from([0, limits.min])) if bits < 8 * dtype.itemsize else limits.min
        film = np.clip(np.rint(low + unit * (2.0**bits - 1)), limits.min, limits.max).astype(dtype)
    if draw(st.booleans()):
        film[:6], film[:, -3:] = film.max(), film.min()
    return film, draw(st.booleans()), draw(st.booleans())


@settings(max_examples=150, deadline=None)
@given(films())
def test_unedited_film_comes_back_bit_for_bit(case: tuple[np.ndarray, bool, bool]) -> None:
    film, inverted, lookup = case
    lut, first = None, 0
    if lookup and film.dtype.itemsize <= 2 and film.dtype.kind in "iu":
        first = int(film.min())
        entries = np.sort(np.random.default_rng(1).integers(0, 500, int(film.max()) - first + 1)).astype(
            float
        )
        assume(len(entries) > 1 and entries[0] < entries[-1])
        lut = entries + np.arange(len(entries)) * (entries[-1] - entries[0]) / 64 / len(entries)
    stored = StoredFilm(
        film.copy(),
        Origin(Path("x.nrrd"), "NRRD"),
        declared_inverted=inverted,
        lookup=lut,
        lookup_first=first,
    )
    assume(len(np.unique(film)) >= FEWEST_GREY_VALUES)
    radiograph = film_to_radiograph(stored)
    back = radiograph.native()
    assert back.dtype == film.dtype
    assert np.array_equal(back, film)
    assert radiograph.intensity.min() >= 0
    assert radiograph.intensity.max() <= 1
