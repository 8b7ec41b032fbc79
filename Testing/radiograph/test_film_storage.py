"""What is edited is stored as its film was: whole grey values, and the film's own JPEG blocks."""

import io

import numpy as np
import pytest
from PIL import Image
from scipy import fft, ndimage

from LayerSeparationLib import Radiograph
from LayerSeparationLib.radiograph import Rectangle
from LayerSeparationLib.radiograph.film_storage import FilmStorage
from LayerSeparationLib.radiograph.intensity_map import IntensityMap
from LayerSeparationLib.radiograph.jpeg_blocks import LUMINANCE_STEPS, JpegBlocks


@pytest.fixture(scope="module")
def film() -> np.ndarray:
    """Return grey values with texture of every size, none of them from JPEG."""
    rng = np.random.default_rng(5)
    texture = sum(
        ndimage.gaussian_filter(rng.normal(size=(304, 320)), size) * size * weight
        for size, weight in ((0.7, 6), (2, 30), (8, 60), (30, 120))
    )
    return np.clip(np.rint(128 + texture), 1, 254)


def as_jpeg(grey: np.ndarray, quality: int) -> tuple[np.ndarray, np.ndarray]:
    """Return what JPEG leaves of a film, and its steps as Pillow tells them."""
    stored = io.BytesIO()
    Image.fromarray(grey.astype(np.uint8)).save(stored, "JPEG", quality=quality)
    decoded = Image.open(stored)
    steps = np.reshape(decoded.quantization[0], (8, 8))
    return np.asarray(decoded, np.float64), steps


@pytest.mark.parametrize(("quality", "top", "left"), [(50, 0, 0), (75, 3, 6), (88, 7, 1)])
def test_blocks_and_steps_are_found(film, quality, top, left):
    decoded, steps = as_jpeg(film, quality)
    found = JpegBlocks.find(decoded[8 - top :, 8 - left :])
    assert (found.top, found.left) == (top, left)
    assert np.abs(found.steps / steps - 1).max() <= 0.2  # the smallest: 5 for 6
    assert np.abs(found.steps / steps - 1).mean() <= 0.03


def test_a_table_of_its_own_is_found_as_far_as_it_shows(film):
    steps = np.full((8, 8), 1000.0)
    steps[:4, :4] = 13
    blocks = JpegBlocks(0, 0, steps)
    stored, _ = blocks.store(film, Rectangle.whole(film.shape), np.ones(film.shape, bool))
    found = JpegBlocks.find(np.rint(stored))
    told = np.add.outer(np.arange(4), np.arange(4)) > 0
    assert np.count_nonzero(found.steps[:4, :4][told] == 13) >= 13
    assert set(found.steps[:4, :4][told]) <= {13, np.inf}
    assert np.isinf(found.steps[4:, 4:]).all()


def test_films_that_never_were_jpeg_have_no_blocks(film):
    larger = np.rint(ndimage.zoom(film[:90, :90], 3.0, order=3)).clip(0, 255)
    smooth = np.rint(ndimage.gaussian_filter(film, 5))
    finest, _ = as_jpeg(film, 100)
    for other in (film, larger, smooth, finest, film[:20, :20]):
        assert JpegBlocks.find(other) is None


def test_only_blocks_that_differ_are_stored_anew(film):
    decoded, steps = as_jpeg(film, 75)
    intensity = (decoded / 255).astype(np.float32)
    storage = Radiograph.from_array(intensity).storage
    edited = intensity.copy()
    edited[100:130, 41:90] += np.float32(0.05)
    part = storage.around(Rectangle(100, 130, 41, 90))
    assert part == Rectangle(96, 136, 40, 96)
    stored = intensity.copy()
    stored[part.slices] = storage.store(edited[part.slices], part)
    outside = np.ones(film.shape, bool)
    outside[part.slices] = False
    assert np.array_equal(stored[outside], intensity[outside])
    assert np.array_equal(storage.store(intensity, Rectangle.whole(film.shape)), intensity)
    inner = stored[104:128, 48:88] * 255
    assert np.abs(inner - np.rint(inner)).max() < 1e-4
    assert (inner - decoded[104:128, 48:88]).mean() == pytest.approx(0.05 * 255, abs=0.5)
    blocks = np.rint(inner).reshape(3, 8, 5, 8).transpose(0, 2, 1, 3)
    coefficients = fft.dctn(blocks, axes=(2, 3), norm="ortho")
    missed = coefficients - steps * np.rint(coefficients / steps)
    assert np.abs(missed[..., steps >= 5]).max() < 1.5
    assert np.abs(missed[..., steps >= 5]).mean() < 0.35


@pytest.mark.parametrize(
    ("qualities", "top", "left"), [((75,), 3, 6), ((75, 95), 0, 0), ((60, 95), 5, 0), ((85, 98), 0, 2)]
)
def test_qualities_are_found_at_which_the_film_comes_back(film, qualities, top, left):
    stored = film
    for quality in qualities:
        stored, _ = as_jpeg(stored, quality)
    cut = stored[8 - top :, 8 - left :]
    found = JpegBlocks.find(cut)
    assert (found.top, found.left) == (top, left)
    assert found.qualities == qualities
    everywhere = np.ones(cut.shape, bool)
    again, _ = found.store(cut, Rectangle.whole(cut.shape), everywhere)
    whole = tuple(slice(8, size // 8 * 8 - 8) for size in cut.shape)  # blocks that the cut left as they were
    assert np.mean(again[whole] == cut[whole]) > 0.999


def test_an_edit_goes_the_way_of_its_film_bit_by_bit(film):
    once, _ = as_jpeg(film, 75)
    twice, _ = as_jpeg(once, 95)
    blocks = JpegBlocks.find(twice)
    edited = twice.copy()
    edited[64:160, 72:200] += 20 * np.sin(np.arange(128) / 5)
    wanted = edited.clip(0, 255)
    for quality in (75, 95):
        wanted, _ = as_jpeg(np.rint(wanted), quality)
    differs = edited != twice
    stored, anew = blocks.store(edited, Rectangle.whole(film.shape), differs)
    assert anew[64:160, 72:200].all()
    assert anew.sum() < 1.2 * differs.sum()
    assert np.array_equal(stored[anew], wanted[anew])
    assert np.array_equal(stored[~anew], twice[~anew])


def test_films_made_in_another_way_have_steps_alone(film):
    steps = np.full((8, 8), 1000.0)
    steps[:4, :4] = 13
    own, _ = JpegBlocks(0, 0, steps).store(film, Rectangle.whole(film.shape), np.ones(film.shape, bool))
    assert JpegBlocks.find(np.rint(own)).qualities == ()


@pytest.mark.parametrize("levels", [255, 1023, 4095, 65535])
def test_intensities_of_whole_grey_values_stay_whole(film, levels):
    whole = np.rint(film / 255.5 * levels)
    storage = Radiograph.from_array(whole / levels).storage
    edited = storage.intensity.copy()
    edited[50:60, 50:60] *= np.float32(0.9137)
    stored = storage.store(edited, Rectangle.whole(film.shape)).astype(np.float64)
    assert storage.levels == levels
    assert np.abs(stored * levels - np.rint(stored * levels)).max() < 0.01
    assert np.abs(stored - edited).max() <= 0.5001 / levels
    assert np.array_equal(stored[:50], storage.intensity[:50])


def test_films_in_numbers_of_their_own_stay_on_them(film):
    native = (film * 3 + 100).astype(np.uint16)
    scale = IntensityMap((90.0, 300.0, 900.0), (1.0, 0.6, 0.0), "uint16")
    storage = FilmStorage.of(scale.to_intensity(native), scale)
    edited = storage.intensity * np.float32(0.97)
    stored = storage.store(edited, Rectangle.whole(film.shape))
    assert np.array_equal(stored, scale.to_intensity(scale.to_native(edited)))
    free = Radiograph.from_array(film / 255 * 0.912345).storage
    edited = free.intensity * np.float32(0.97)
    assert not free.is_whole
    assert free.store(edited, Rectangle.whole(film.shape)) is edited


def test_the_usual_table_is_that_of_the_standard():
    assert LUMINANCE_STEPS[0] == (16, 11, 10, 16, 24, 40, 51, 61)
    _, steps = as_jpeg(np.zeros((16, 16)), 50)
    assert np.array_equal(np.array(LUMINANCE_STEPS), steps)
