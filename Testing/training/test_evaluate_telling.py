"""Edited joints that can be told are told, others are not."""

import numpy as np
import pytest
from scipy import ndimage

from LayerSeparationLib.training.evaluate_telling import (
    TwinImages,
    area_under_curve,
    evaluate_telling,
    tell_apart,
)


def twins(count: int, seed: int, *, smoothed: bool) -> TwinImages:
    """Return images of noise; the edited ones are other noise, and softer if that is asked for."""
    rng = np.random.default_rng(seed)
    noise = 128 + 20 * rng.normal(size=(2, count, 32, 32))
    if smoothed:
        noise[1] = 128 + 1.6 * (ndimage.gaussian_filter(noise[1], (0, 0.5, 0.5)) - 128)
    unedited, edited = np.clip(noise, 0, 255).astype(np.uint8)
    return TwinImages(unedited, edited)


@pytest.mark.parametrize(("smoothed", "least", "most"), [(True, 0.99, 1.0), (False, 0.3, 0.7)])
def test_a_classifier_finds_what_is_to_be_found(smoothed, least, most):
    taught, asked = (twins(count, seed, smoothed=smoothed) for count, seed in ((80, 1), (40, 2)))
    assert least <= tell_apart(taught, asked) <= most


def test_half_resolution_is_the_mean_of_squares():
    images = np.arange(32, dtype=np.uint8).reshape(1, 4, 8)
    half = TwinImages(images, images).at_half_resolution()
    assert half.edited.tolist() == [[[4, 6, 8, 10], [20, 22, 24, 26]]]


def test_area_under_the_curve():
    positive = np.array([True, True, False, False])
    assert area_under_curve(np.array([3.0, 2.0, 1.0, 0.0]), positive) == 1
    assert area_under_curve(np.array([0.0, 1.0, 2.0, 3.0]), positive) == 0
    assert area_under_curve(np.ones(4), positive) == 0.5


def test_figures_of_a_joint_set(joint_set, separator):
    done = []
    figures = evaluate_telling(joint_set, "val", separator, lambda *counts: done.append(counts))
    assert (figures["joints_taught"], figures["joints_asked"]) == (4, 2)
    assert figures["weights_sha256"] == separator.weights.sha256
    for name in ("films", "films_at_half_resolution", "silhouettes_at_half_resolution"):
        assert 0 <= figures[name]["auc"] <= 1
    assert done[0] == ("joints to teach", 4, 4)
