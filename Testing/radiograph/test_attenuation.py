import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from LayerSeparationLib.radiograph import attenuation_from_intensity, intensity_from_attenuation


def test_known_values() -> None:
    intensity = np.array([0.0, 0.5, 1 - np.exp(-1)])
    np.testing.assert_allclose(attenuation_from_intensity(intensity), [0, np.log(2), 1], atol=1e-6)


def test_finite_at_one() -> None:
    assert abs(float(attenuation_from_intensity(1.0)) - 17 * np.log(2)) < 1e-3


def test_types_and_shape() -> None:
    assert attenuation_from_intensity(np.zeros((3, 4), np.float64)).dtype == np.float32
    assert intensity_from_attenuation(np.zeros((3, 4), np.float64)).shape == (3, 4)


def test_negative_attenuation_counts_as_none() -> None:
    assert float(intensity_from_attenuation(-0.5)) == 0.0


@given(st.floats(0, 1 - 2**-16, width=32))
def test_there_and_back(intensity: float) -> None:
    back = float(intensity_from_attenuation(attenuation_from_intensity(intensity)))
    assert abs(back - intensity) < 3e-7


def test_every_8_and_16_bit_level_comes_back() -> None:
    for top in (255, 65535):
        levels = np.arange(top + 1)
        back = intensity_from_attenuation(attenuation_from_intensity((levels / top).astype(np.float32)))
        assert np.array_equal(np.rint(back * top).astype(int), levels)
