"""Polarity and the scale of intensity, told from the content of a film."""

from pathlib import Path

import numpy as np
import pytest

from LayerSeparationLib.errors import InputError
from LayerSeparationLib.radiograph import Origin, Radiograph
from LayerSeparationLib.radiograph.film_to_radiograph import film_to_radiograph
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


def test_display_films_stay_as_they_are(hand_film: np.ndarray, crop_film: np.ndarray) -> None:
    for film in (hand_film, crop_film):
        plain = developed(film)
        assert np.array_equal(plain.intensity, (film / 255).astype(np.float32))
        assert not plain.polarity.inverted
        wide = developed(film.astype(np.uint16) * 257)
        assert np.array_equal(wide.intensity, (film / 255).astype(np.float32))


@pytest.mark.parametrize("scale", [0.06, 0.12, 0.2, 0.3])
def test_dark_film_is_stretched_to_the_scale(hand_film: np.ndarray, scale: float) -> None:
    """An 8-bit film that uses a fraction of the range, with a letter at 255, comes near the display film."""
    dark = np.rint(hand_film.astype(np.float64) * scale + 8).astype(np.uint8)
    dark[20:40, 20:30] = 255
    film = developed(dark)
    _assert_on_scale(film.intensity, hand_film)
    assert np.array_equal(film.native(), dark)


@pytest.mark.parametrize("inverted", [False, True])
@pytest.mark.parametrize("border", ["none", "white", "black", "noisy white"])
@pytest.mark.parametrize("gamma", [1.0, 0.8, 1.25])
def test_detector_units_come_to_the_scale(
    hand_film: np.ndarray, inverted: bool, border: str, gamma: float
) -> None:
    """12-bit films in odd units, inverted or not, collimated, with a burnt-in letter."""
    unit = (hand_film / 255.0) ** gamma
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
    _assert_on_scale(film.intensity[inside], hand_film[inside])


def _assert_on_scale(intensity: np.ndarray, display: np.ndarray) -> None:
    level = intensity * 255
    air, soft, bone = display < 22, (display > 70) & (display < 100), (display > 145) & (display < 185)
    assert 8 <= np.median(level[air]) <= 40
    assert 65 <= np.median(level[soft]) <= 115
    assert 135 <= np.median(level[bone]) <= 190


def test_crop_in_detector_units(crop_film: np.ndarray) -> None:
    stored = (1500 + crop_film.astype(np.int32) * 4).astype(np.uint16)
    film = developed(stored, bits=12)
    assert abs(np.median(film.intensity) - np.median(crop_film) / 255) < 0.12
    assert np.array_equal(film.native(), stored)
    assert np.corrcoef(film.intensity.ravel(), crop_film.ravel())[0, 1] > 0.999


def test_signed_and_hounsfield_like_films(hand_film: np.ndarray) -> None:
    signed = (hand_film.astype(np.int16) - 100) * 12
    _assert_on_scale(developed(signed).intensity, hand_film)
    floating = (hand_film.astype(np.float64) * 7.3 - 1024.5).astype(np.float32)
    film = developed(floating)
    _assert_on_scale(film.intensity, hand_film)
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
        assert np.array_equal(negative.intensity, (film / 255).astype(np.float32))
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
