"""Polarity and the scale of intensity, told from the content of a film."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from LayerSeparationLib.errors import InputError
from LayerSeparationLib.phantom import FilmSettings, make_hand, make_joint
from LayerSeparationLib.radiograph import IntensityMap, Origin, Radiograph, common_intensity_map
from LayerSeparationLib.radiograph.film_to_radiograph import film_to_radiograph
from LayerSeparationLib.radiograph.grey_scale import GreyScale
from LayerSeparationLib.radiograph.polarity import PolarityChoice
from LayerSeparationLib.radiograph.stored_film import StoredFilm


def developed(
    pixels: np.ndarray,
    *,
    bits: int | None = None,
    polarity: PolarityChoice = "auto",
    inverted: bool = False,
    declared_by: str | None = None,
) -> Radiograph:
    film = StoredFilm(
        pixels.copy(),
        Origin(Path("film.png"), "PNG"),
        nominal_range=None if bits is None else (0.0, 2.0**bits - 1),
        declared_inverted=inverted,
        declared_by=declared_by,
    )
    return film_to_radiograph(film, polarity=polarity)


def test_eight_and_sixteen_bits_are_the_same_film(hand_film: np.ndarray, crop_film: np.ndarray) -> None:
    for film in (hand_film, crop_film):
        plain = developed(film)
        assert not plain.polarity.inverted
        wide = developed(film.astype(np.uint16) * 257)
        assert np.abs(wide.intensity - plain.intensity).max() < 0.2 / 255


@pytest.fixture(scope="module")
def whole_hand() -> np.ndarray:
    """uint8 film of a phantom hand: air below 24, soft tissue about 80, bone about 160."""
    film = make_hand(4, spacing_mm=0.5, film=FilmSettings()).radiograph.intensity
    return np.rint(film * 255).astype(np.uint8)


@pytest.mark.parametrize("scale", [0.06, 0.12, 0.2, 0.3])
def test_dark_film_is_stretched_to_the_scale(whole_hand: np.ndarray, scale: float) -> None:
    """An 8-bit film that uses a fraction of the range, with a letter at 255, comes near the display film."""
    dark = np.rint(whole_hand.astype(np.float64) * scale + 8).astype(np.uint8)
    dark[20:40, 20:30] = 255
    film = developed(dark)
    _assert_on_scale(film.intensity, whole_hand)
    assert np.array_equal(film.native(), dark)


@pytest.mark.parametrize("inverted", [False, True])
@pytest.mark.parametrize("border", ["none", "white", "black", "noisy white"])
@pytest.mark.parametrize("gamma", [1.0, 0.8, 1.25])
def test_detector_units_come_to_the_scale(
    whole_hand: np.ndarray, inverted: bool, border: str, gamma: float
) -> None:
    """12-bit films in odd units, inverted or not, collimated, with a burnt-in letter."""
    unit = (whole_hand / 255.0) ** gamma
    raw = 900 + 1100 * unit + np.random.default_rng(1).normal(0, 4, unit.shape)
    raw[60:90, 340:350] = 4095
    edge = np.zeros(raw.shape, bool)
    edge[:40], edge[-20:], edge[:, :25], edge[:, -15:] = True, True, True, True
    if border != "none":
        raw[edge] = 0 if border == "black" else 4095
    if border == "noisy white":
        raw[edge] -= np.abs(np.random.default_rng(2).normal(0, 6, np.count_nonzero(edge)))
    stored = np.clip(np.rint(raw), 0, 4095).astype(np.uint16)
    if inverted:
        stored = 4095 - stored
    film = developed(stored, bits=12)
    assert film.polarity.inverted is inverted
    assert np.array_equal(film.native(), stored)
    inside = ~edge
    inside[60:90, 340:350] = False
    _assert_on_scale(film.intensity[inside], whole_hand[inside])


def _assert_on_scale(intensity: np.ndarray, display: np.ndarray) -> None:
    level = intensity * 255
    air, soft, bone = display < 24, (display > 65) & (display < 95), (display > 140) & (display < 180)
    assert 5 <= np.median(level[air]) <= 20
    assert 60 <= np.median(level[soft]) <= 90
    assert 120 <= np.median(level[bone]) <= 170


def test_crop_in_detector_units(crop_film: np.ndarray) -> None:
    stored = (1500 + crop_film.astype(np.int32) * 4).astype(np.uint16)
    film = developed(stored, bits=12)
    assert np.abs(film.intensity - developed(crop_film).intensity).max() < 0.2 / 255
    assert np.array_equal(film.native(), stored)


def test_signed_and_hounsfield_like_films(whole_hand: np.ndarray) -> None:
    signed = (whole_hand.astype(np.int16) - 100) * 12
    _assert_on_scale(developed(signed).intensity, whole_hand)
    floating = (whole_hand.astype(np.float64) * 7.3 - 1024.5).astype(np.float32)
    film = developed(floating)
    _assert_on_scale(film.intensity, whole_hand)
    assert np.array_equal(film.native(), floating)
    assert film.native().dtype == np.float32


def test_edit_changes_only_what_was_edited(hand_film: np.ndarray) -> None:
    floating = (hand_film.astype(np.float64) * 7.3 - 1024.5).astype(np.float32)
    film = developed(floating)
    edited = film.intensity.copy()
    edited[100:110, 200:210] *= 0.9
    back = film.native(edited)
    changed = back != floating
    assert not changed[:100].any()
    assert not changed[:, :200].any()
    assert (back < floating)[100:110, 200:210].mean() > 0.95


def test_content_overrules_a_wrong_header(hand_film: np.ndarray) -> None:
    film = developed(hand_film, inverted=True, declared_by="DICOM MONOCHROME1")
    assert not film.polarity.inverted
    assert film.polarity.decided_by == "content, against DICOM MONOCHROME1"
    film = developed(255 - hand_film, inverted=True, declared_by="DICOM MONOCHROME1")
    assert film.polarity.inverted
    assert film.polarity.decided_by == "DICOM MONOCHROME1, confirmed by content"


def test_inverted_films_are_found(hand_film: np.ndarray, crop_film: np.ndarray) -> None:
    for film in (hand_film, crop_film, np.rot90(crop_film)):
        negative = developed(255 - film)
        assert negative.polarity.inverted
        assert negative.polarity.decided_by == "content"
        assert np.abs(negative.intensity - developed(film).intensity).max() < 0.2 / 255
        assert np.array_equal(negative.native(), 255 - film)


def test_inverted_film_without_noise(hand_film: np.ndarray) -> None:
    clipped = np.where(hand_film < 24, 0, hand_film).astype(np.uint8)
    assert developed(255 - clipped).polarity.inverted
    assert not developed(clipped).polarity.inverted


def test_user_decides(hand_film: np.ndarray) -> None:
    film = developed(hand_film, polarity="bone-dark")
    assert film.polarity.inverted
    assert film.polarity.decided_by == "given by the user"
    film = developed(255 - hand_film, polarity="bone-bright")
    assert not film.polarity.inverted
    # MONOCHROME1 shows bone bright in a viewer already: the stored values are inverted.
    film = developed(255 - hand_film, polarity="bone-bright", inverted=True, declared_by="DICOM MONOCHROME1")
    assert film.polarity.inverted
    with pytest.raises(InputError, match="upside-down"):
        developed(hand_film, polarity="upside-down")  # type: ignore[arg-type]


def test_weak_evidence_leaves_the_film_alone() -> None:
    noise = np.random.default_rng(0).integers(20, 230, (128, 128)).astype(np.uint8)
    film = developed(noise)
    assert not film.polarity.inverted
    assert "taken as bone-bright" in film.polarity.decided_by


@pytest.fixture(scope="module")
def phantom_hand() -> np.ndarray:
    """(rows, columns): display value, 0..1, of a phantom hand with shutters and a letter."""
    return make_hand(4, spacing_mm=0.5).radiograph.intensity.astype(np.float64)


@pytest.fixture(scope="module")
def phantom_joint() -> np.ndarray:
    """(rows, columns): display value, 0..1, of a phantom MCP joint that fills the film."""
    return make_joint("MCP", 5).radiograph.intensity.astype(np.float64)


def on_one_scale(display: np.ndarray, change: Callable[[np.ndarray], np.ndarray]) -> float:
    """Greatest difference of intensity, in 1/255, between a film and its copy, outermost 1 % left aside."""
    film, copy = GreyScale.of(display), GreyScale.of(change(display))
    values = np.quantile(display, np.linspace(0.02, 0.99, 200))
    return float(np.abs(film(values) - copy(change(values))).max() * 255)


@settings(max_examples=12, deadline=None)
@given(st.floats(1e-3, 5e4), st.floats(-1e4, 1e4), st.booleans())
def test_window_and_veil_change_nothing(
    phantom_hand: np.ndarray, phantom_joint: np.ndarray, slope: float, offset: float, whole: bool
) -> None:
    film = phantom_hand if whole else phantom_joint
    assert on_one_scale(film, lambda display: slope * display + offset) < 0.05


@settings(max_examples=12, deadline=None)
@given(st.floats(0.6, 1.6), st.booleans())
def test_gamma_changes_little(
    phantom_hand: np.ndarray, phantom_joint: np.ndarray, gamma: float, whole: bool
) -> None:
    film = phantom_hand if whole else phantom_joint
    assert on_one_scale(film, lambda display: display**gamma) < (13 if whole else 7)


def test_linear_film_and_its_logarithm_agree(phantom_hand: np.ndarray, phantom_joint: np.ndarray) -> None:
    for film in (phantom_hand, phantom_joint):
        assert on_one_scale(film, lambda display: -np.log(1 - np.minimum(display, 0.985))) < 7


def test_scale_is_steady(phantom_hand: np.ndarray, phantom_joint: np.ndarray) -> None:
    """A few pixels more or less (3 px are 1.5 mm here) move intensities of a hand by a grey level or two."""
    noise = np.random.default_rng(0).normal(0, 0.005, phantom_hand.shape)
    copies = [phantom_hand[3:-3, 3:-3], phantom_hand[:, 3:], np.roll(phantom_hand, 3, axis=0)]
    values = np.quantile(phantom_hand, np.linspace(0.02, 0.99, 200))
    for copy in copies:
        assert np.abs(GreyScale.of(copy)(values) - GreyScale.of(phantom_hand)(values)).max() * 255 < 2
    noisy = GreyScale.of(phantom_hand + noise)
    assert np.abs(noisy(values) - GreyScale.of(phantom_hand)(values)).max() * 255 < 8
    inside = phantom_joint[3:-3, 3:-3]
    values = np.quantile(phantom_joint, np.linspace(0.02, 0.99, 200))
    assert np.abs(GreyScale.of(inside)(values) - GreyScale.of(phantom_joint)(values)).max() * 255 < 7


def test_two_films_on_one_scale(hand_film: np.ndarray) -> None:
    first, second = (
        developed(hand_film),
        developed(np.clip(hand_film.astype(int) + 3, 0, 255).astype(np.uint8)),
    )
    common = common_intensity_map(first, second)
    a, b = first.with_intensity_map(common), second.with_intensity_map(common)
    for own, shared in ((first, a), (second, b)):
        assert np.array_equal(shared.native(), own.native())
        assert np.abs(shared.intensity - own.intensity).max() < 12 / 255
    same = (first.native()[:100, :100], a.intensity[:100, :100])
    grey = int(same[0][0, 0])
    assert np.all(b.intensity[b.native() == grey] == same[1][0, 0])
    with pytest.raises(InputError, match="no scale in common"):
        common_intensity_map(first, developed(hand_film.astype(np.uint16) * 257))
    with pytest.raises(InputError, match="other numbers"):
        developed(hand_film.astype(np.uint16) * 257).with_intensity_map(common)
    with pytest.raises(InputError, match="reaches from"):
        first.with_intensity_map(IntensityMap((100.0, 255.0), (0.0, 1.0), "uint8"))
