"""Conditions of film: within 0..1, the same for the same seed, and none of them moves anything."""

import pytest
import torch

from LayerSeparationLib import make_joint
from LayerSeparationLib.training.film_conditions import (
    FilmConditions,
    _compress,
    _Draw,
    blur,
    change_films,
)

UNCHANGED = FilmConditions(
    exposure=(1, 1),
    gamma=(1, 1),
    windowed=0,
    uneven=0,
    covered=0,
    coarse=0,
    blur_px=(0, 0),
    noise=(0, 0),
    compressed=0,
    levels=0,
)


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


@pytest.fixture(scope="module")
def film():
    return torch.from_numpy(make_joint("MCP", 30).radiograph.intensity.copy())[None, None].clamp(0, 0.998)


@pytest.fixture(scope="module")
def edges():
    """Return an image that is the same from both sides, so that whatever moves it breaks its symmetry."""
    image = torch.zeros(1, 1, 256, 256)
    image[..., 64:192, 96:160] = 0.6
    return image + 0.2


def test_films_stay_within_0_and_1(film):
    films = film.expand(24, -1, -1, -1)
    changed = change_films(films, FilmConditions(), generator(3))
    assert changed.shape == films.shape
    assert 0 <= float(changed.min()) <= float(changed.max()) <= 1
    assert torch.isfinite(changed).all()
    spread = (changed - films).flatten(1).abs().mean(dim=1)
    assert float(spread.min()) > 0.001
    assert len({round(float(value), 5) for value in spread}) == 24


def test_the_same_seed_the_same_films(film):
    films = film.expand(8, -1, -1, -1)
    first, second, other = (change_films(films, FilmConditions(), generator(seed)) for seed in (1, 1, 2))
    assert torch.equal(first, second)
    assert not torch.equal(first, other)


def test_no_conditions_no_change(film):
    assert float((change_films(film, UNCHANGED, generator()) - film).abs().max()) < 1e-5


MOVES_NOTHING = {
    "exposure": {"exposure": (0.6, 1.6), "gamma": (0.55, 1.8)},
    "blur": {"blur_px": (1.4, 1.4)},
    "coarse": {"coarse": 1.0},
    "window": {"windowed": 1.0},
    "levels": {"levels": 1.0},
}


@pytest.mark.parametrize("name", MOVES_NOTHING)
@pytest.mark.parametrize("seed", range(3))
def test_nothing_moves(edges, name, seed):
    conditions = FilmConditions(**{**vars(UNCHANGED), **MOVES_NOTHING[name]})
    changed = change_films(edges, conditions, generator(seed))
    for axis in (-1, -2):
        assert float((changed - changed.flip(axis)).abs().max()) < 5e-3


def edge_px(image):
    """Return the column, to a fraction, of the edge in the middle row, by the area beside it."""
    row = image[0, 0, 128, 80:112].double()
    return float(80 + ((row.max() - row) / (row.max() - row.min())).sum() - 0.5)


@pytest.mark.parametrize("name", ["blur", "compressed"])
def test_edges_stay_where_they_are(edges, name):
    conditions = FilmConditions(**{**vars(UNCHANGED), **MOVES_NOTHING.get(name, {name: 1.0})})
    for seed in range(4):
        changed = change_films(edges, conditions, generator(seed))
        assert edge_px(changed) == pytest.approx(edge_px(edges), abs=0.3)


class AtQuality(_Draw):
    """Draws as usual, but a quality that is given."""

    def __init__(self, batch, quality):
        super().__init__(batch, generator())
        self._quality = quality

    def uniform(self, low, high):
        return torch.full_like(super().uniform(low, high), self._quality)


def test_jpeg_of_high_quality_is_nearly_the_identity(film):
    errors = [float((_compress(film, AtQuality(film, q)) - film).abs().mean()) for q in (95.0, 70.0, 30.0)]
    assert errors[0] < 0.003
    assert errors == sorted(errors)
    assert errors[2] > 2 * errors[0]


def test_jpeg_agrees_with_a_real_one(film):
    """About the loss of Pillow's writer at the same quality, which also rounds to whole grey values."""
    image = pytest.importorskip("PIL.Image")
    import io

    import numpy as np

    grey = np.rint(film[0, 0].numpy() * 255).astype(np.uint8)
    stored = io.BytesIO()
    image.fromarray(grey).save(stored, "JPEG", quality=60)
    theirs = np.asarray(image.open(stored), float) / 255
    scaled = torch.from_numpy(grey / np.float32(255))[None, None]
    ours = _compress(scaled, AtQuality(film, 60.0))[0, 0].numpy()
    loss = np.abs(theirs - grey / 255).mean()
    assert np.abs(ours - theirs).mean() < 0.7 * loss
    assert np.abs(ours - grey / 255).mean() == pytest.approx(loss, rel=0.2)


def test_each_image_is_blurred_by_its_own_width():
    points = torch.zeros(2, 1, 33, 33)
    points[:, 0, 16, 16] = 1
    found = blur(points, torch.tensor([0.8, 1.4]))
    offsets = torch.arange(33.0) - 16
    for image, sigma in zip(found, (0.8, 1.4), strict=True):
        assert float(image.sum()) == pytest.approx(1, abs=1e-5)
        variance = float((image[0].sum(dim=0) * offsets.square()).sum())
        assert variance == pytest.approx(sigma**2, rel=0.07)
