import numpy as np
import pytest

from LayerSeparationLib.errors import InputError
from LayerSeparationLib.radiograph import Radiograph, SpacingSource, attenuation_from_intensity


def ramp() -> np.ndarray:
    return np.linspace(0, 1, 40 * 50, dtype=np.float32).reshape(40, 50)


def test_from_array() -> None:
    source = ramp()
    film = Radiograph.from_array(source, spacing_mm=(0.1, 0.2), name="x")
    assert film.shape == (40, 50)
    assert film.name == "x"
    assert film.spacing.mm == (0.1, 0.2)
    assert film.spacing.source is SpacingSource.USER
    source[:] = 0
    assert film.intensity[-1, -1] == 1


def test_arrays_are_read_only() -> None:
    film = Radiograph.from_array(ramp())
    for array in (film.intensity, film.attenuation):
        with pytest.raises(ValueError, match="read-only"):
            array[0, 0] = 1


def test_attenuation_is_cached_and_right() -> None:
    film = Radiograph.from_array(ramp())
    assert film.attenuation is film.attenuation
    assert np.array_equal(film.attenuation, attenuation_from_intensity(ramp()))


def test_with_spacing_leaves_the_rest() -> None:
    film = Radiograph.from_array(ramp())
    assert not film.spacing.known
    wide = film.with_spacing(0.15)
    assert wide.spacing.mm == (0.15, 0.15)
    assert wide.intensity is film.intensity
    with pytest.raises(InputError):
        film.with_spacing(0)


def test_native_of_an_array_is_the_array() -> None:
    film = Radiograph.from_array(ramp())
    assert np.array_equal(film.native(), ramp())
    assert film.native().flags.writeable
    with pytest.raises(InputError, match="shape"):
        film.native(np.zeros((3, 3), np.float32))
    with pytest.raises(InputError, match="NaN"):
        film.native(np.full((40, 50), np.nan, np.float32))


@pytest.mark.parametrize(
    "wrong",
    [np.zeros((40, 50), np.uint8), np.zeros((2, 40, 50)), np.full((40, 50), 1.1), np.full((40, 50), -0.1)],
)
def test_from_array_refuses(wrong: np.ndarray) -> None:
    with pytest.raises(InputError):
        Radiograph.from_array(wrong)


def test_nan_message_says_how_many_and_where() -> None:
    wrong = ramp()
    wrong[7, 9], wrong[8, 0] = np.nan, np.inf
    with pytest.raises(InputError, match=r"2 of 2000 pixels .* row 7, column 9"):
        Radiograph.from_array(wrong)
