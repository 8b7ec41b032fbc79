"""Known changes between films that are taken anew: the films are what they say, and the figures add up."""

import csv

import numpy as np
import pytest
from PIL import Image
from scipy import ndimage

from LayerSeparationLib import make_joint
from LayerSeparationLib.training.evaluate_changes import FilmChange, evaluate_changes, take_grain

STILL = {"turn_deg": 0, "x_px": 0, "y_px": 0, "scale": 1, "exposure": 1, "gamma": 1, "noise": 0, "blur_px": 0}


def test_a_film_taken_anew_is_moved_and_exposed():
    rng = np.random.default_rng(0)
    spot = np.zeros((65, 65), np.float32)
    spot[20, 32] = 5.0
    film = (1 - np.exp(-ndimage.gaussian_filter(spot, 2.0))).astype(np.float32)
    same = FilmChange(**STILL).take(film, rng)
    np.testing.assert_allclose(same, film, atol=1e-5)
    turned = FilmChange(**{**STILL, "turn_deg": 90, "x_px": 3, "scale": 1.5}).take(film, rng)
    row, column = ndimage.center_of_mass(turned)
    assert (column, row) == pytest.approx((32 + 18 + 3, 32), abs=0.05)  # 12 px above the middle: to the right
    dense = FilmChange(**{**STILL, "exposure": 2}).take(film, rng)
    assert dense[20, 32] == pytest.approx(1 - (1 - film[20, 32]) ** 2, abs=1e-4)


def test_grain_is_of_the_film_and_drawn_anew_for_each():
    rng = np.random.default_rng(1)
    bone = np.clip(ndimage.gaussian_filter(rng.normal(0.4, 3, (256, 256)), 6), 0.1, 0.9).astype(np.float32)
    grain = ndimage.gaussian_filter(rng.normal(0, 1, bone.shape), 0.5)
    grain *= 0.01 / grain.std()
    smooth, sd = take_grain((bone + grain).astype(np.float32))
    assert sd == pytest.approx(0.01, rel=0.3)
    assert (smooth - bone)[20:-20, 20:-20].std() < 0.006
    films = [FilmChange(**STILL).take(bone, rng, grain_sd=0.01) - bone for _ in range(2)]
    for film in films:
        assert film.std() == pytest.approx(0.01, rel=0.05)
    assert abs(np.corrcoef(films[0].ravel(), films[1].ravel())[0, 1]) < 0.05


def test_figures_of_known_changes(separator, tmp_path):
    with (tmp_path / "index.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["name", "series", "split"])
        rng = np.random.default_rng(4)
        joint = make_joint("MCP", 3, jsw_mm=1.6)
        for visit in range(3):
            bits = joint.upper_silhouette * 1 + joint.lower_silhouette * 2
            image = 255 * (joint.radiograph.intensity + rng.normal(0, 0.004, (256, 256)))
            stored = np.clip(image.round(), 0, 255).astype(np.uint8)
            Image.fromarray(stored).save(tmp_path / f"{visit}.jpg", quality=95)
            Image.fromarray(bits.astype(np.uint8)).save(tmp_path / f"{visit}_mask.png")
            writer.writerow([str(visit), "one_joint", "val"])
    figures = evaluate_changes(tmp_path, "val", separator)
    assert figures["pairs"] == figures["registered_change"]["pairs"] == 3
    assert figures["registered_change"]["mean_mm"] < 0.02
    assert figures["registered_change"]["mean_mm"] < figures["difference_of_jsw"]["mean_mm"]
    assert sum(figures["verdicts"].values()) == 3
    closure = figures["closure_of_three_visits"]
    assert closure["series"] == closure["with_three_verdicts"] == 1
    assert closure["median_mm"] < 0.01
