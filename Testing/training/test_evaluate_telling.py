"""Edited joints that can be told are told, others are not."""

import sys

import numpy as np
import pytest
from scipy import ndimage

from LayerSeparationLib.errors import DependencyError
from LayerSeparationLib.training.evaluate_telling import (
    JointImages,
    TwinImages,
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
    half = JointImages(images, images, images).at_half_resolution()
    assert half.edited.tolist() == [[[4, 6, 8, 10], [20, 22, 24, 26]]]


def test_figures_of_a_joint_set(joint_set, separator):
    done = []
    figures = evaluate_telling(joint_set, "val", separator, lambda *counts: done.append(counts))
    assert (figures["joints_taught"], figures["joints_asked"]) == (4, 2)
    assert figures["weights_sha256"] == separator.weights.sha256
    for name in ("films", "films_at_half_resolution", "silhouettes_at_half_resolution"):
        assert set(figures[name]) == {"auc_against_real", "auc_against_matched_real"}
        assert all(0 <= auc <= 1 for auc in figures[name].values())
    assert figures["classifier"] == "small"
    assert done[0] == ("joints to teach", 4, 4)


def test_a_large_classifier_is_that_of_a_library(joint_set, separator, monkeypatch):
    pytest.importorskip("monai")
    taught, asked = (twins(count, seed, smoothed=True) for count, seed in ((48, 1), (24, 2)))
    assert tell_apart(taught, asked, epochs=3, classifier="densenet121") > 0.8


def test_without_its_library_it_is_asked_for(joint_set, separator, monkeypatch):
    monkeypatch.setitem(sys.modules, "monai", None)
    monkeypatch.setitem(sys.modules, "monai.networks.nets", None)
    with pytest.raises(DependencyError, match="pip install monai"):
        evaluate_telling(joint_set, "val", separator, classifier="densenet121")
