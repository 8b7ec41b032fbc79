"""Known changes between films that are taken anew: the films are what they say, and the figures add up."""

import csv

import numpy as np
import pytest
from PIL import Image
from scipy import ndimage

from LayerSeparationLib import make_joint
from LayerSeparationLib.training.evaluate_changes import FilmChange, evaluate_changes

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


def test_figures_of_known_changes(separator, tmp_path):
    with (tmp_path / "index.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["name", "series", "split"])
        for seed in (3, 8, 12):
            joint = make_joint("MCP", seed, jsw_mm=1.6)
            bits = joint.upper_silhouette * 1 + joint.lower_silhouette * 2
            image = (255 * joint.radiograph.intensity).round()
            Image.fromarray(image.astype(np.uint8)).save(tmp_path / f"{seed}.jpg", quality=95)
            Image.fromarray(bits.astype(np.uint8)).save(tmp_path / f"{seed}_mask.png")
            writer.writerow([str(seed), str(seed), "val"])
    figures = evaluate_changes(tmp_path, "val", separator)
    assert figures["pairs"] == figures["registered_change"]["pairs"] == 3
    assert figures["registered_change"]["mean_mm"] < 0.013
    assert figures["registered_change"]["mean_mm"] < figures["difference_of_jsw"]["mean_mm"]
    assert sum(figures["verdicts"].values()) == 3
